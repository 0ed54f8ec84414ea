#include "protocol/notify.hpp"

#include "base/json_scan.hpp"
#include "protocol/poison.hpp"

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
  const bool parsable = base::scan_json(text, kMaxJsonDepth) == base::Scan::parsable;
  const json message = parsable ? json::parse(text, nullptr, false) : json(json::value_t::discarded);
  if (message.is_discarded()) return {.kind = Kind::invalid};
  if (!message.is_object()) return {};
  const auto action = message.find("action");
  if (action == message.end() || *action != "auth") return {};
  const auto token = message.find("token");
  const auto id = message.find("id");
  const bool has_id = id != message.end() && (id->is_string() || id->is_number());
  return {.kind = Kind::auth,
          .token = token != message.end() && token->is_string() ? token->get<std::string>() : std::string(),
          .id_json = has_id ? id->dump() : ""};
}

}  // namespace wsf::protocol
