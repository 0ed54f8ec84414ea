#pragma once
// A command as bytes for the server.

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace wsf::redis {

// Appends the command in RESP. The parts may hold any bytes; none of them can become another command.
void append_command(std::string& bytes, std::span<const std::string_view> parts);
std::string command(std::initializer_list<std::string_view> parts);

}  // namespace wsf::redis
