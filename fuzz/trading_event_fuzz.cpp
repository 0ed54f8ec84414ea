// The check of trading events against a slow second opinion that builds the whole document: both take the same
// events for the same audience, and what is sent is what came, with a type. The input's first line is the topic.

#include "base/check.hpp"
#include "base/identifier.hpp"
#include "protocol/trading.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace {

using namespace wsf::protocol;
using nlohmann::json;
using wsf::base::check;

constexpr std::size_t kMaxEvent = 4096, kMaxDepth = 32;

std::size_t depth_of(const json& value) {
  std::size_t deepest = 0;
  if (!value.is_structured()) return 0;
  for (const json& child : value) deepest = std::max(deepest, depth_of(child));
  return deepest + 1;
}

// A NUL as an end and a byte order mark are the two things that the parser lets pass and JSON does not.
bool is_taken_by_the_parser_alone(std::string_view text) {
  return text.find('\0') != text.npos || text.starts_with("\xEF\xBB\xBF");
}

std::optional<json> object_of(std::string_view text) {
  if (text.size() > kMaxEvent || is_taken_by_the_parser_alone(text)) return std::nullopt;
  json event = json::parse(text, nullptr, false);
  if (!event.is_object() || depth_of(event) > kMaxDepth) return std::nullopt;
  return event;
}

std::string text_in(const json& event, const char* member) {
  const auto found = event.find(member);
  return found != event.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string type_in(const json& event, std::string_view topic) {
  return event.contains("type") ? text_in(event, "type") : std::string(type_of_topic(topic));
}

// Of an object that names the assessment twice the last decides, which a document does not tell.
bool is_ambiguous(const json& event) {
  return event.contains("assessmentId") && event.contains("assessment_id");
}

std::string assessment_in(const json& event) {
  return text_in(event, event.contains("assessmentId") ? "assessmentId" : "assessment_id");
}

bool is_good(const json& event, std::string_view topic) {
  const std::string type = type_in(event, topic);
  if (type.empty() || type == "market_price") return !type.empty();
  return wsf::base::is_id(assessment_in(event));
}

void check_sent(const TradingEvent& sent, json event, std::string_view topic) {
  event["type"] = type_in(event, topic);
  check(json::parse(sent.text, nullptr, false) == event, "what is sent is what came, with a type");
  std::string positioned;
  append_positioned(positioned, sent.text, "trading.pnl", {1, 42});
  event["position"] = "trading.pnl:1-42";
  check(json::parse(positioned, nullptr, false) == event, "a position is one member more");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view topic = input.substr(0, end), value = input.substr(std::min(end + 1, input.size()));
  const auto checked = check_trading_event(value, topic, kMaxEvent);
  const auto* sent = std::get_if<TradingEvent>(&checked);
  const auto event = object_of(value);
  if (!event) check(sent == nullptr, "what is no object is refused");
  if (!event || is_ambiguous(*event)) return 0;
  check((sent != nullptr) == is_good(*event, topic), "both opinions agree");
  if (sent == nullptr) return 0;
  const bool price = type_in(*event, topic) == "market_price";
  check(sent->market_price == price, "a price is for everybody");
  check(sent->key == (price ? text_in(*event, "market") : assessment_in(*event)), "the audience is the event's");
  check_sent(*sent, *event, topic);
  return 0;
}
