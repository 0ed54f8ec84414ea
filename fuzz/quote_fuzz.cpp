// Whatever is published as a quote, or as an object of them: what is taken can be written as JSON with the numbers
// that came, and comes back from its line. The input's first line is the symbol.

#include "base/check.hpp"
#include "base/identifier.hpp"
#include "base/timestamp.hpp"
#include "protocol/quotes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>

namespace {

using namespace wsf::protocol;
using nlohmann::json;
using wsf::base::check;

constexpr std::size_t kMaxEvent = 4096;

void check_taken(const QuoteEvent& event, std::string_view payload) {
  check(wsf::base::is_symbol(event.symbol), "its symbol is good");
  check(event.given.has(QuoteField::price), "it has a price");
  check(event.quote.time_ms >= 0 && event.quote.time_ms <= wsf::base::kMaxEpochMs, "its time can be written");
  check(unpacked(packed(event.quote)) == event.quote, "it comes back from its line");
  std::string text;
  append_quote(text, event.symbol, event.quote, {.all_fields = true});
  const json message = json::parse(text, nullptr, false);
  check(message.is_object() && message["price"].is_number(), "its message is JSON");
  check(message["price"].get<double>() > 0, "its price is above 0");
  check(wsf::base::parse_rfc3339(message["timestamp"].get<std::string>()) == event.quote.time_ms, "its time is told");
  check(payload.find(event.quote.price) != payload.npos, "its price is as it came");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view symbol = input.substr(0, end), payload = input.substr(std::min(end + 1, input.size()));
  const bool object = json::parse(payload, nullptr, false).is_object();
  const auto one = parse_quote(payload, symbol, kMaxEvent);
  if (const auto* event = std::get_if<QuoteEvent>(&one)) {
    check(object && event->symbol == symbol, "it is the symbol's");
    check_taken(*event, payload);
  }
  const auto many = parse_price_updates(payload, kMaxEvent);
  if (const auto* updates = std::get_if<PriceUpdates>(&many)) {
    check(object, "updates are an object");
    for (const QuoteEvent& event : updates->quotes) check_taken(event, payload);
  }
  return 0;
}
