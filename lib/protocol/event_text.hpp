#pragma once
// What every event from a log is asked first. Inside of lib/protocol.

#include "protocol/poison.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace wsf::protocol {

// What speaks against handing the text to a parser; linear scans.
std::optional<Poison> fault_of_text(std::string_view event, std::size_t max_bytes);

// What the parser's error with this number (nlohmann's exception::id) says of the text.
constexpr Poison poison_of_error(int id) {
  constexpr int kNumberOverflow = 406;
  return id == kNumberOverflow ? Poison::bad_number : Poison::not_json;
}

}  // namespace wsf::protocol
