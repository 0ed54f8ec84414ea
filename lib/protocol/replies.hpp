#pragma once
// Answers that clients of every protocol may get: whole JSON texts. Pure functions. `id_json` ("" or the JSON text of
// a request's id) becomes the last member "id". Words are escaped; bytes that are no UTF-8 become U+FFFD.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::protocol {

// The feed has been lost for a while: what comes to it meanwhile never reaches the client.
inline constexpr std::string_view kFeedUnavailable = R"({"type":"error","code":"feed_unavailable"})";

std::string error(std::string_view message, std::string_view code, std::string_view id_json);

// A new token was taken; `expires_s`: Unix seconds, if its time is limited.
std::string authenticated(std::string_view user, std::optional<std::int64_t> expires_s, std::string_view id_json);

}  // namespace wsf::protocol
