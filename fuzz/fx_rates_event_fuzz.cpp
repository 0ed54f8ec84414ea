// The check of events against a slow second opinion that builds the whole document: both take the same events, and
// what is taken can be embedded in an update without a change.

#include "base/check.hpp"
#include "protocol/fx_rates.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <string_view>

namespace {

using namespace wsf::protocol;
using nlohmann::json;
using wsf::base::check;

constexpr std::size_t kMaxEvent = 4096;

std::size_t depth_of(const json& value) {
  std::size_t deepest = 0;
  if (!value.is_structured()) return 0;
  for (const json& child : value) deepest = std::max(deepest, depth_of(child));
  return deepest + 1;
}

bool is_price(const json& rate, const char* member) {
  const auto price = rate.find(member);
  return price != rate.end() && price->is_number() && price->get<double>() > 0 && std::isfinite(price->get<double>());
}

// A NUL as an end and a byte order mark are the two things that the parser lets pass and JSON does not.
bool is_taken_by_the_parser_alone(std::string_view text) {
  return text.find('\0') != text.npos || text.starts_with("\xEF\xBB\xBF");
}

bool is_good(std::string_view text) {
  if (text.size() > kMaxEvent || is_taken_by_the_parser_alone(text)) return false;
  const json event = json::parse(text, nullptr, false);
  if (!event.is_object() || depth_of(event) > kMaxJsonDepth) return false;
  if (event.value("eventType", json()) != "FxRateUpdated") return false;
  const json rate = event.value("fxRate", json());
  if (!rate.is_object()) return false;
  const json pair = rate.value("currencyPair", json());
  return pair.is_string() && is_pair(pair.get<std::string>()) && is_price(rate, "rate") && is_price(rate, "bid") &&
         is_price(rate, "ask");
}

void check_update(std::string_view event, const Pair& pair) {
  const Meta meta{{1, 2}, std::nullopt, 3, 4, 5};
  std::string text;
  append_rate_update(text, event, true, &meta);
  const json update = json::parse(text, nullptr, false);
  check(update.is_object() && update.size() == 4, "an update is an object of its four members");
  check(update["event"] == json::parse(event), "the event is the one that came");
  check(update["event"]["fxRate"]["currencyPair"] == pair.view(), "the pair is the event's");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto checked = check_event(text, kMaxEvent);
  const auto* pair = std::get_if<Pair>(&checked);
  check((pair != nullptr) == is_good(text), "both opinions agree");
  if (pair != nullptr) check_update(text, *pair);
  return 0;
}
