#include "protocol/notify.hpp"

#include "protocol/message_json.hpp"

#include <nlohmann/json.hpp>

namespace wsf::protocol {
namespace {

using nlohmann::json;

constexpr std::string_view kChannelPrefix = "ws:";

}  // namespace

std::string notify_channel(std::string_view user) {
  return std::string(kChannelPrefix).append(user);
}

std::optional<std::string_view> user_of_channel(std::string_view channel) {
  if (!channel.starts_with(kChannelPrefix) || channel.size() == kChannelPrefix.size()) return std::nullopt;
  return channel.substr(kChannelPrefix.size());
}

NotifyCommand parse_notify_command(std::string_view text) {
  using Kind = NotifyCommand::Kind;
  const json message = parse_message<json>(text);
  if (message.is_discarded()) return {.kind = Kind::invalid};
  if (!message.is_object()) return {};
  if (text_of(message, "action") != "auth") return {};
  return {.kind = Kind::auth, .token = text_of(message, "token"), .id_json = id_of(message)};
}

}  // namespace wsf::protocol
