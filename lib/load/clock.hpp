#pragma once
// The two clocks of a measurement: the steady one for schedules and durations, the wall clock for what is compared
// with the times in events (another process, or another machine, wrote those).

#include <chrono>
#include <cstdint>

namespace wsf::load {

inline std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

inline std::int64_t epoch_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace wsf::load
