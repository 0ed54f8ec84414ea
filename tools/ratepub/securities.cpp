#include "securities.hpp"

#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace ratepub {
namespace {

namespace base = wsf::base;
using wsf::market::Security;
using Securities = std::vector<Security>;

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;

base::Result<Securities> first_of(const Securities& known, std::uint64_t count) {
  if (count == 0 || count > known.size()) {
    return base::Error{fmt::format("1 to {} (--symbols-file brings others)", known.size())};
  }
  return Securities(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(count));
}

base::Result<Securities> named(const Securities& known, const std::vector<std::string>& symbols) {
  Securities out;
  for (const std::string& symbol : symbols) {
    const auto found = std::ranges::find(known, symbol, &Security::symbol);
    if (found == known.end()) {
      return base::Error{fmt::format("\"{}\" has no base price (--symbols-file brings some)", symbol)};
    }
    if (std::ranges::find(out, symbol, &Security::symbol) == out.end()) out.push_back(*found);
  }
  if (out.empty()) return base::Error{"names no symbol"};
  return out;
}

}  // namespace

Securities choose_securities(const base::Settings& settings, const Flags& flags) {
  Securities known = wsf::market::well_known_securities();
  if (!flags.symbols_file.empty()) {
    const auto text = settings.text_in("symbols-file", flags.symbols_file, kMaxFileBytes);
    known = settings.value_of("symbols-file", wsf::market::parse_securities(text));
    if (settings.is_default("symbols")) return known;
  }
  const auto count = base::parse_count(flags.symbols.front());
  const bool counts = flags.symbols.size() == 1 && count;
  return settings.value_of("symbols", counts ? first_of(known, *count) : named(known, flags.symbols));
}

}  // namespace ratepub
