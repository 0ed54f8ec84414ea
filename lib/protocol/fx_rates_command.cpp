#include "protocol/fx_rates.hpp"
#include "protocol/message_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace wsf::protocol {
namespace {

using nlohmann::json;

Command invalid(std::string_view message, std::string_view code, std::string_view id_json) {
  Command command;
  command.id_json = id_json;
  command.error_reply = error(message, code, id_json);
  return command;
}

// False when `points` is no object of positions. Those of pairs that are not asked for are left out.
bool sort_points(const json& points, Command& command) {
  if (!points.is_object()) return false;
  for (const auto& [pair, text] : points.items()) {
    if (!text.is_string() || !parse_position(text.get_ref<const std::string&>())) return false;
  }
  for (const std::string& pair : command.pairs) {
    const auto point = points.find(pair);
    if (point != points.end()) {
      command.resume.push_back({pair, *parse_position(point->get_ref<const std::string&>())});
    }
  }
  return true;
}

// False when `rate` is no number in its range.
bool take_rate(const json& rate, Command& command) {
  if (!rate.is_number()) return false;
  command.max_rate_hz = rate.get<double>();
  return *command.max_rate_hz > 0 && *command.max_rate_hz <= kMaxRateHz;
}

Command with_pairs(Action action, const json& message, std::string id_json) {
  Command command;
  const auto items = message.find("currencyPairs");
  if (items == message.end() || !sort_names(*items, is_pair, command.pairs, command.refused)) {
    return invalid("Invalid currencyPairs format", "invalid_format", id_json);
  }
  command.action = action;
  command.snapshot = action == Action::subscribe && asked_for(message, "snapshot");
  command.meta = action == Action::subscribe && asked_for(message, "meta");
  command.status = action == Action::subscribe && asked_for(message, "status");
  if (const auto points = message.find("resume"); action == Action::subscribe && points != message.end()) {
    if (!sort_points(*points, command)) return invalid("Invalid resume format", "invalid_format", id_json);
  }
  if (const auto rate = message.find("maxRateHz"); action == Action::subscribe && rate != message.end()) {
    if (!take_rate(*rate, command)) return invalid("Invalid maxRateHz format", "invalid_format", id_json);
  }
  command.id_json = std::move(id_json);
  return command;
}

// An empty token stands for one that is missing or no text: it will be refused like any other.
Command with_token(const json& message, std::string id_json) {
  Command command;
  command.action = Action::auth;
  command.id_json = std::move(id_json);
  command.token = text_of(message, "token");
  return command;
}

Command unknown_action(const json& message, std::string_view id_json) {
  return invalid("Unknown action: " + shown(message, "action"), "unknown_action", id_json);
}

}  // namespace

bool is_pair(std::string_view word) {
  return word.size() == kPairBytes && std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
}

Command parse_command(std::string_view text) {
  const json message = parse_message<json>(text);
  if (!message.is_object()) return invalid("Invalid message format", "invalid_json", "");
  std::string id_json = id_of(message);
  const auto action = message.find("action");
  if (action == message.end() || !action->is_string()) return unknown_action(message, id_json);
  if (*action == "subscribe") return with_pairs(Action::subscribe, message, std::move(id_json));
  if (*action == "unsubscribe") return with_pairs(Action::unsubscribe, message, std::move(id_json));
  if (*action == "auth") return with_token(message, std::move(id_json));
  if (*action != "ping") return unknown_action(message, id_json);
  Command ping;
  ping.action = Action::ping;
  ping.id_json = std::move(id_json);
  return ping;
}

}  // namespace wsf::protocol
