#include "load/quote_message.hpp"

#include "base/timestamp.hpp"
#include "load/take.hpp"

#include <array>
#include <utility>

namespace wsf::load {
namespace {

using protocol::QuoteField;

constexpr std::string_view kSymbol = R"("symbol":")";
constexpr std::string_view kTimestamp = R"("timestamp":")";
constexpr std::array<std::pair<QuoteField, std::string_view>, 3> kNumbers{
    {{QuoteField::price, R"("price":)"},
     {QuoteField::change, R"("change":)"},
     {QuoteField::change_percent, R"("change_percent":)"}}};

// What follows the name; empty: it does not stand there.
std::string_view behind(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  return at == text.npos ? std::string_view() : text.substr(at + name.size());
}

std::string_view until_quote(std::string_view text) {
  return text.substr(0, text.find('"'));
}

bool read_numbers(std::string_view text, QuoteValues& out) {
  for (const auto& [field, name] : kNumbers) {
    std::string_view rest = behind(text, name);
    double value = 0;
    if (rest.empty()) continue;
    if (!take_number(rest, "", value)) return false;
    out.put(field, value);
  }
  return true;
}

}  // namespace

std::optional<QuoteMessage> read_quote(std::string_view text) {
  QuoteMessage out{until_quote(behind(text, kSymbol)), {}};
  if (out.symbol.empty() || !read_numbers(text, out.values)) return std::nullopt;
  const std::string_view written = until_quote(behind(text, kTimestamp));
  if (written.empty()) return out;
  const auto time_ms = base::parse_rfc3339(written);
  if (!time_ms) return std::nullopt;
  out.values.put_time(*time_ms);
  return out;
}

}  // namespace wsf::load
