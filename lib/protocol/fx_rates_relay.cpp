#include "protocol/fx_rates_relay.hpp"

#include "protocol/fx_rates.hpp"
#include "protocol/message_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace wsf::protocol {
namespace {

using nlohmann::json;

constexpr std::string_view kMember = R"("wsfanout":{)";

std::optional<base::Position> position_of(const json& object, const char* member) {
  const auto text = object.find(member);
  if (text == object.end() || !text->is_string()) return std::nullopt;
  return parse_position(text->get_ref<const std::string&>());
}

// Where the member stands in the text: from the comma before it, if there is one, to behind its value.
struct Span {
  std::size_t begin = 0, value = 0, end = 0;
};

// The last one: an event may have such a member of its own.
std::optional<Span> find_member(std::string_view text) {
  const std::size_t found = text.rfind(kMember);
  if (found == text.npos || found == 0) return std::nullopt;
  const std::size_t value = found + kMember.size() - 1;
  const std::size_t end = text.find('}', value);  // its value holds no brace
  if (end == text.npos || end - value > kMaxRelayMemberBytes) return std::nullopt;
  return Span{text[found - 1] == ',' ? found - 1 : found, value, end + 1};
}

std::variant<Relayed, Poison> removal_of(const json& member, const base::Position& at) {
  std::string pair = text_of(member, "removed");
  if (!is_pair(pair)) return Poison::invalid_pair;
  return RelayedRemoval{std::move(pair), at};
}

std::variant<Relayed, Poison> loss_of(const json& member) {
  const auto first = position_of(member, "lost");
  const auto next = position_of(member, "next");
  if (!first || !next || !same_log(*first, *next)) return Poison::missing_field;
  return RelayedLoss{*first, *next};
}

}  // namespace

std::string relay_pulse_channel(std::string_view channel) {
  return fmt::format("{}:relay", channel);
}

std::string relay_values_key(std::string_view channel) {
  return fmt::format("{}:last", channel);
}

std::string relayed_event(std::string_view event, const RelayPlace& place) {
  const std::size_t brace = event.rfind('}');  // blanks may follow it
  std::string text(event.substr(0, brace));
  text += fmt::format(R"(,{}"at":"{}")", kMember, to_text(place.at));
  if (place.prev) text += fmt::format(R"(,"prev":"{}")", to_text(*place.prev));
  if (place.kafka_ms > 0) text += fmt::format(R"(,"kafka":{})", place.kafka_ms);
  if (place.restated) text += R"(,"restated":true)";
  text += '}';
  text += event.substr(brace);
  return text;
}

std::string relayed_removal(std::string_view pair, const base::Position& at) {
  return fmt::format(R"({{{}"at":"{}","removed":"{}"}}}})", kMember, to_text(at), pair);
}

std::string relayed_loss(const base::Position& first, const base::Position& next) {
  return fmt::format(R"({{{}"lost":"{}","next":"{}"}}}})", kMember, to_text(first), to_text(next));
}

std::string relay_pulse(bool broker_reachable) {
  return fmt::format(R"({{"broker":{}}})", broker_reachable);
}

std::variant<Relayed, Poison> parse_relayed(std::string_view text) {
  const auto span = find_member(text);
  if (!span) return Poison::missing_field;
  const json member = parse_message<json>(text.substr(span->value, span->end - span->value));
  if (!member.is_object()) return Poison::not_json;
  if (member.contains("lost")) return loss_of(member);
  const auto at = position_of(member, "at");
  if (!at) return Poison::missing_field;
  if (member.contains("removed")) return removal_of(member, *at);
  RelayPlace place{.at = *at, .prev = position_of(member, "prev")};
  if (const auto ms = member.find("kafka"); ms != member.end() && ms->is_number_unsigned()) {
    if (ms->get<std::uint64_t>() > std::uint64_t{kLatestRelayedMs}) return Poison::bad_number;
    place.kafka_ms = ms->get<std::int64_t>();
  }
  if (const auto again = member.find("restated"); again != member.end() && again->is_boolean()) {
    place.restated = again->get<bool>();
  }
  std::string event(text.substr(0, span->begin));
  event += text.substr(span->end);
  return RelayedEvent{std::move(event), place};
}

std::optional<bool> parse_relay_pulse(std::string_view text) {
  if (text.size() > kMaxRelayMemberBytes) return std::nullopt;
  const json pulse = parse_message<json>(text);
  if (!pulse.is_object()) return std::nullopt;
  const auto broker = pulse.find("broker");
  if (broker == pulse.end() || !broker->is_boolean()) return std::nullopt;
  return broker->get<bool>();
}

}  // namespace wsf::protocol
