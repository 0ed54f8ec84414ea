#pragma once
// The clocks in milliseconds: the epoch's for what other processes read, the steady one for durations and deadlines.

#include <chrono>
#include <cstdint>

namespace wsf::base {

inline std::int64_t epoch_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

inline std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace wsf::base
