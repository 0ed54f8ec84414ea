#include "market/symbols.hpp"

#include "base/identifier.hpp"
#include "base/trimmed.hpp"
#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace wsf::market {
namespace {

constexpr std::string_view kBlanks = " \t\r,";

base::Result<Security> parse_line(std::string_view line) {
  const std::size_t end = std::min(line.find_first_of(kBlanks), line.size());
  Security out{std::string(line.substr(0, end)), 0};
  if (!base::is_symbol(out.symbol))
    return base::Error{"\"" + out.symbol + "\" is no symbol (1 to 15 of A-Z 0-9 . -)"};
  const auto price = base::parse_number(base::trimmed(line.substr(end), kBlanks));
  if (!price || *price <= 0) return base::Error{out.symbol + " needs a base price above 0"};
  out.base_price = *price;
  return out;
}

}  // namespace

const std::vector<Security>& well_known_securities() {
  static const std::vector<Security> known{
      {"AAPL", 150.25}, {"GOOGL", 140.50}, {"MSFT", 378.90}, {"AMZN", 145.30}, {"TSLA", 242.80},  {"META", 325.60},
      {"NVDA", 465.20}, {"NFLX", 445.10},  {"AMD", 118.40},  {"INTC", 36.75},  {"ORCL", 114.30},  {"CRM", 218.90},
      {"ADBE", 560.40}, {"CSCO", 53.20},   {"IBM", 147.60},  {"QCOM", 111.80}, {"TXN", 152.30},   {"AVGO", 885.40},
      {"JPM", 147.90},  {"BAC", 28.40},    {"WFC", 41.30},   {"GS", 323.70},   {"MS", 79.20},     {"C", 41.90},
      {"V", 241.50},    {"MA", 392.80},    {"PYPL", 56.70},  {"AXP", 158.40},  {"BRK.B", 347.20}, {"JNJ", 152.60},
      {"PFE", 33.10},   {"UNH", 532.40},   {"MRK", 103.80},  {"ABBV", 141.90}, {"LLY", 588.30},   {"KO", 56.40},
      {"PEP", 162.70},  {"WMT", 163.20},   {"COST", 563.90}, {"MCD", 262.10},  {"NKE", 102.50},   {"DIS", 84.60},
      {"HD", 301.40},   {"PG", 149.80},    {"XOM", 108.30},  {"CVX", 152.70},  {"BA", 191.40},    {"CAT", 248.60},
      {"GE", 110.20},   {"T", 15.60}};
  return known;
}

base::Result<std::vector<Security>> parse_securities(std::string_view text) {
  std::vector<Security> out;
  std::unordered_set<std::string> seen;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = base::trimmed(line.substr(0, line.find('#')), kBlanks);
    if (line.empty()) continue;
    auto security = parse_line(line);
    if (!security) return base::Error{fmt::format("line {}: {}", number, security.error().message)};
    if (!seen.insert(security->symbol).second)
      return base::Error{fmt::format("line {}: {} again", number, security->symbol)};
    out.push_back(*std::move(security));
  }
  if (out.empty()) return base::Error{"names no symbol"};
  return out;
}

}  // namespace wsf::market
