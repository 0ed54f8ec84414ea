#pragma once
// How words are put into a JSON text. Inside of lib/protocol, but for cut_utf8().

#include <cstddef>
#include <string>
#include <string_view>

namespace wsf::protocol {

// The longest beginning of `text` with at most `max_bytes` bytes that splits no character. `text` is valid UTF-8.
std::string_view cut_utf8(std::string_view text, std::size_t max_bytes);

// Appends `word` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
void append_quoted(std::string& out, std::string_view word);

}  // namespace wsf::protocol
