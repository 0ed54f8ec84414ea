#include "load/made_up_quotes.hpp"

#include "base/check.hpp"
#include "base/timestamp.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

namespace wsf::load {
namespace {

struct Change {
  double absolute;
  double percent;
};

// Adding zero makes a minus zero a plain one.
double in_hundredths(double value) {
  return std::round(value * 100) / 100 + 0.0;
}

Change change_of(const market::Security& security, const market::Move& move) {
  const double change = move.price - security.base_price;
  return {in_hundredths(change), in_hundredths(change / security.base_price * 100)};
}

}  // namespace

std::string quote_channel(std::string_view symbol) {
  return fmt::format("quote:{}", symbol);
}

MadeUpQuotes::MadeUpQuotes(std::vector<market::Security> securities, std::uint64_t seed)
    : securities_(std::move(securities)), all_(securities_.size()), oscillation_(seed) {
  base::check(!securities_.empty(), "there is something to quote");
  std::iota(all_.begin(), all_.end(), std::size_t{0});
}

// A symbol needs no escaping.
void MadeUpQuotes::append_one(std::string& out, std::size_t security, std::int64_t time_ms) {
  const auto move = oscillation_.step(securities_, {security}).front();
  const auto change = change_of(securities_[security], move);
  fmt::format_to(
      std::back_inserter(out),
      FMT_COMPILE(R"({{"symbol":"{}","price":{:.2f},"change":{:.2f},"change_percent":{:.2f},"timestamp":"{}"}})"),
      securities_[security].symbol, move.price, change.absolute, change.percent, base::rfc3339(time_ms));
}

void MadeUpQuotes::append_some(std::string& out, std::int64_t time_ms) {
  const std::size_t begin = out.size();
  const auto time = base::rfc3339(time_ms);
  char before = '{';
  for (const auto& move : oscillation_.step(securities_, all_)) {
    if (out.size() - begin >= kEnoughBytes) break;
    const auto& security = securities_[move.security];
    const auto change = change_of(security, move);
    fmt::format_to(
        std::back_inserter(out),
        FMT_COMPILE(
            R"({}"{}":{{"symbol":"{}","current_price":{:.2f},"change":{:.2f},"change_percent":{:.2f},"last_updated":"{}"}})"),
        std::exchange(before, ','), security.symbol, security.symbol, move.price, change.absolute, change.percent,
        time);
  }
  out += '}';
}

}  // namespace wsf::load
