#pragma once
// Text to a descriptor, at once and whole. A write that a caught signal interrupts is given up: the program is about
// to end, and whoever should read does not.

#include <string>
#include <string_view>

namespace wsf::wsclient {

// Blocks while the reader is slow. Throws base::StartupError when the descriptor takes nothing more (a full disk; a
// closed pipe ends the process by SIGPIPE before).
void write_all(int fd, std::string_view text);

void write_line(int fd, std::string text);

// A line on stderr that begins with the program's name.
void complain(std::string_view line);

// The message on one line: a line break in a JSON text is only space between its tokens, so it becomes a blank.
std::string as_one_line(std::string_view message);

}  // namespace wsf::wsclient
