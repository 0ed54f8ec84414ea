#pragma once
// The field `traceparent` of requests and records (W3C Trace Context, Level 1, section 3.2): read and written. Pure
// functions. `tracestate` is not looked at: nothing is passed on from here.

#include "trace/context.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wsf::trace {

// Version 00 to the letter; of a higher version what stands where 00 has it, whatever follows. nullopt: malformed, of
// version ff, or an id of zeros alone, and then it counts as none.
std::optional<Context> parse_traceparent(std::string_view text);

// As version 00.
std::string to_text(const Context& context);

// Of an id, lower case.
std::string hex(std::span<const std::uint8_t> id);

}  // namespace wsf::trace
