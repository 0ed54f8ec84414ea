#pragma once
// The circuit breaker of a consumer (M. Nygard, Release It!, 2007): a cluster that fails again and again is left
// alone for a while, instead of being asked and connected to several times a second.
//
//   CLOSED --- failures in a row ---> OPEN --- open_for later ---> HALF_OPEN --- success ---> CLOSED
//                                      ^------------- a failure -----'
//
// Its price: a broker that comes back while the breaker is open is not noticed before the next trial.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace wsf::kafka {

struct BreakerLimits {
  std::uint32_t failures = 0;  // rounds in a row that show nothing of use, until it opens; 0: never
  std::chrono::milliseconds open_for{30'000};
};

enum class BreakerState : std::uint8_t { closed, open, half_open };
inline constexpr std::size_t kBreakerStates = 3;

// One thread works it; state() and came_to() may be asked by any.
class Breaker {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Breaker(const BreakerLimits& limits) : limits_(limits) {}

  BreakerState state() const { return state_.load(std::memory_order_relaxed); }
  std::uint64_t came_to(BreakerState state) const {
    return came_to_[static_cast<std::size_t>(state)].load(std::memory_order_relaxed);
  }

  // What a round has shown; not while OPEN. True: that changed the state.
  bool note(bool success, Clock::time_point now);
  // While OPEN: when try_again() is due.
  Clock::time_point due() const { return due_; }
  // From OPEN to HALF_OPEN: the next note() decides.
  void try_again();

 private:
  bool come_to(BreakerState state);

  const BreakerLimits limits_;
  std::uint32_t failures_ = 0;  // in a row
  Clock::time_point due_{};
  std::atomic<BreakerState> state_{BreakerState::closed};
  std::array<std::atomic<std::uint64_t>, kBreakerStates> came_to_{};
};

}  // namespace wsf::kafka
