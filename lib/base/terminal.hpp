#pragma once
// What kind of thing a descriptor writes to. Reads the environment (NO_COLOR, TERM, COLUMNS); any thread.

namespace wsf::base {

bool is_terminal(int fd);

// Colour is welcome: a terminal, NO_COLOR unset or empty (https://no-color.org), TERM neither empty nor "dumb".
bool colour(int fd);

// Columns of the terminal, or of COLUMNS if that is set, else `fallback`.
int width(int fd, int fallback);

}  // namespace wsf::base
