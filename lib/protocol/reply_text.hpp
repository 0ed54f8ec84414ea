#pragma once
// Parts of answers. Inside of lib/protocol.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::protocol {

// `reply` with its last member and its closing brace.
std::string closed(std::string reply, std::string_view id_json);

// An error that is not closed yet.
std::string open_error(std::string_view message, std::string_view code);

// ,"userId":...[,"expiresAt":...]
void append_user(std::string& reply, std::string_view user, std::optional<std::int64_t> expires_s);

}  // namespace wsf::protocol
