#pragma once
// The three streams that a program is born with, when they are not what it expects.

#include <string_view>

namespace wsf::base {

// One line to standard error. Where that cannot be written nobody is left to be told: no error.
void write_error_line(std::string_view line);
void tell(std::string_view program, std::string_view line);  // "program: line"

// Text to standard output, flushed; false when it could not all be written.
bool print_out(std::string_view text);

// Opens /dev/null on those of the descriptors 0 to 2 that are closed, so that no socket takes their numbers and gets
// what was meant for a person; and on those that a library has taken before main() (gRPC's tries whether there are
// eventfds, and leaves that one open). At start, before any other descriptor is opened.
void occupy_standard_streams();

}  // namespace wsf::base
