#pragma once
// The two clocks, as counts: the epoch's for what is compared with other processes' times, the steady one for
// durations and deadlines.

#include <chrono>
#include <cstdint>

namespace wsf::base {

template <class Unit, class Clock>
std::int64_t count_now() {
  return std::chrono::duration_cast<Unit>(Clock::now().time_since_epoch()).count();
}

inline std::int64_t epoch_ms() {
  return count_now<std::chrono::milliseconds, std::chrono::system_clock>();
}
inline std::int64_t epoch_us() {
  return count_now<std::chrono::microseconds, std::chrono::system_clock>();
}
inline std::int64_t epoch_ns() {
  return count_now<std::chrono::nanoseconds, std::chrono::system_clock>();
}
inline std::int64_t steady_ms() {
  return count_now<std::chrono::milliseconds, std::chrono::steady_clock>();
}
inline std::int64_t steady_ns() {
  return count_now<std::chrono::nanoseconds, std::chrono::steady_clock>();
}

}  // namespace wsf::base
