#pragma once
// Parts of answers. Inside of lib/protocol.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::protocol {

// `reply` with its last member and its closing brace.
std::string closed(std::string reply, std::string_view id_json);

// An error that is not closed yet.
std::string open_error(std::string_view message, std::string_view code);

// An error about these names, which `message` ends with; `member` lists them. Not closed yet.
std::string open_names_error(std::string message, std::string_view code, std::string_view member,
                             const std::vector<std::string>& names);

// "member":["name",...]
void append_names(std::string& out, std::string_view member, const std::vector<std::string>& names);

// ,"userId":...[,"expiresAt":...]
void append_user(std::string& reply, std::string_view user, std::optional<std::int64_t> expires_s);

}  // namespace wsf::protocol
