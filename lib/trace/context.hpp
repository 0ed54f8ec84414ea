#pragma once
// What names a span to others (W3C Trace Context, Level 1, section 2).

#include <array>
#include <cstdint>

namespace wsf::trace {

using TraceId = std::array<std::uint8_t, 16>;  // all zeros: none
using SpanId = std::array<std::uint8_t, 8>;    // likewise

struct Context {
  TraceId trace{};
  SpanId span{};
  bool sampled = false;

  bool operator==(const Context&) const = default;
};

}  // namespace wsf::trace
