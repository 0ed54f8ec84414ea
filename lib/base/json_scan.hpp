#pragma once
// What has to be known of a JSON text before a parser sees it.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wsf::base {

enum class Scan : std::uint8_t {
  parsable,    // a parser may try, within the depth
  impossible,  // holds bytes that no JSON text has; some parsers let them pass (NUL as an end, a byte order mark)
  too_deep,
};

// One linear pass without allocation; brackets in strings do not count.
Scan scan_json(std::string_view text, std::size_t max_depth);

}  // namespace wsf::base
