#include "load/securities_choice.hpp"

#include "base/identifier.hpp"
#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace wsf::load {
namespace {

using market::Security;

constexpr double kUnknownBasePrice = 100;

base::Result<std::vector<Security>> first_of_known(double count) {
  const auto& known = market::well_known_securities();
  if (count < 1 || count > static_cast<double>(known.size()) || count != std::floor(count)) {
    return base::Error{fmt::format("1 to {} well-known symbols, or a list of others", known.size())};
  }
  return std::vector<Security>(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(count));
}

Security security_of(const std::string& symbol) {
  const auto& known = market::well_known_securities();
  const auto found = std::ranges::find(known, symbol, &Security::symbol);
  return found != known.end() ? *found : Security{symbol, kUnknownBasePrice};
}

}  // namespace

base::Result<std::vector<Security>> choose_securities(const std::vector<std::string>& given) {
  if (given.size() == 1) {
    if (const auto count = base::parse_number(given[0])) return first_of_known(*count);
  }
  if (given.empty() || given.size() > kMostSecurities) {
    return base::Error{fmt::format("1 to {} symbols", kMostSecurities)};
  }
  std::vector<Security> out;
  for (const std::string& symbol : given) {
    if (!base::is_symbol(symbol)) {
      return base::Error{fmt::format("\"{}\" is no symbol (1 to 15 of A-Z 0-9 . -)", symbol)};
    }
    if (std::ranges::find(out, symbol, &Security::symbol) != out.end()) {
      return base::Error{fmt::format("{} comes twice", symbol)};
    }
    out.push_back(security_of(symbol));
  }
  return out;
}

}  // namespace wsf::load
