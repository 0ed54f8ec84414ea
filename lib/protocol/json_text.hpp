#pragma once
// What has to be known of a JSON text before a parser sees it, and how words are put into one. Inside of
// lib/protocol.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wsf::protocol {

// The longest beginning of `text` with at most `max_bytes` bytes that splits no character. `text` is valid UTF-8.
std::string_view cut_utf8(std::string_view text, std::size_t max_bytes);

enum class Scan : std::uint8_t {
  parsable,    // a parser may try, within the depth
  impossible,  // holds bytes that no JSON text has; some parsers let them pass (NUL as an end, a byte order mark)
  too_deep,
};

// One linear pass without allocation; brackets in strings do not count.
Scan scan_json(std::string_view text, std::size_t max_depth);

// Appends `word` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
void append_quoted(std::string& out, std::string_view word);

}  // namespace wsf::protocol
