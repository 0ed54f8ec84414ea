#pragma once
// The notify protocol as pure functions: a user's channel in Redis, and the few texts that are not passed on as they
// came.

#include <optional>
#include <string>
#include <string_view>

namespace wsf::protocol {

// "ws:{user}"
std::string notify_channel(std::string_view user);
// nullopt: the channel is nobody's.
std::optional<std::string_view> user_of_channel(std::string_view channel);

// What a client says. The protocol asks nothing of it: any JSON value is a sign of life.
struct NotifyCommand {
  enum class Kind { sign_of_life, auth, invalid };
  Kind kind = Kind::sign_of_life;
  std::string token{};    // of auth
  std::string id_json{};  // "" or the JSON text of the request's id
};
NotifyCommand parse_notify_command(std::string_view text);

}  // namespace wsf::protocol
