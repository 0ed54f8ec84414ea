#pragma once
// Spans have the epoch's times, stages the steady clock's.

#include "base/clock.hpp"

#include <cstdint>

namespace wsf::fanout {

// When that was, Unix nanoseconds.
inline std::int64_t wall_ns(std::int64_t steady_ns) {
  return base::epoch_ns() - (base::steady_ns() - steady_ns);
}

}  // namespace wsf::fanout
