#pragma once
// The circuit breaker of one session (M. Nygard, Release It!, 2007): a socket that refuses again and again is left
// alone for a while, instead of being tried with each update.
//
//   CLOSED --- failures in a row ---> OPEN --- open_ms later ---> HALF_OPEN --- probes written ---> CLOSED
//                                      ^------------- a failure -----'
//
// A failure is a write deadline missed (the socket took nothing for write_timeout_ms, and again for each further such
// time) or an outbox that grows past its limit in bytes. The clock is the caller's: milliseconds, any origin.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace wsf::hub {

struct BreakerLimits {
  std::int64_t write_timeout_ms = 2'000;
  std::uint8_t failures = 5;      // without the outbox being drained in between, until the breaker opens
  std::int64_t open_ms = 30'000;  // from there to the first probe
  std::uint8_t probes = 3;        // frames that may be written then, before the breaker closes
};

enum class BreakerState : std::uint8_t { closed, open, half_open };
inline constexpr std::size_t kBreakerStates = 3;

class Breaker {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  BreakerState state() const { return state_; }
  // Nothing to remember: as if the session had never been refused.
  bool idle() const { return state_ == BreakerState::closed && failures_ == 0 && due_ms_ == kNever; }
  // When expire() will have something to do.
  std::int64_t due_ms() const { return due_ms_; }
  // Frames that may be offered to the socket now, at most `most`.
  int may_write(int most) const {
    if (state_ == BreakerState::closed) return most;
    return state_ == BreakerState::open ? 0 : std::min<int>(most, probes_left_);
  }

  // The socket refused. A deadline under way goes on: it ends only when the socket takes something.
  void refused(std::int64_t now_ms, const BreakerLimits& limits) {
    if (due_ms_ == kNever) due_ms_ = now_ms + limits.write_timeout_ms;
  }

  // The socket took something: so many whole frames, 0 for a part of one. Not while OPEN.
  void took(std::uint32_t frames) {
    due_ms_ = kNever;
    if (state_ != BreakerState::half_open) return;
    probes_left_ = static_cast<std::uint8_t>(probes_left_ - std::min<std::uint32_t>(frames, probes_left_));
    if (probes_left_ == 0) close();
  }

  // Nothing waits any more.
  void drained(const BreakerLimits& limits) {
    if (state_ == BreakerState::open) return;
    due_ms_ = kNever;
    if (state_ == BreakerState::closed || probes_left_ < limits.probes) close();
  }

  // The outbox grew past its limit.
  void overflowed(std::int64_t now_ms, const BreakerLimits& limits) { fail(now_ms, limits); }

  // Time has come to due_ms() or beyond. True: a write deadline was missed.
  bool expire(std::int64_t now_ms, const BreakerLimits& limits) {
    if (now_ms < due_ms_) return false;
    if (state_ == BreakerState::open) {
      state_ = BreakerState::half_open;
      probes_left_ = limits.probes;
      due_ms_ = kNever;
      return false;
    }
    due_ms_ = now_ms + limits.write_timeout_ms;
    fail(now_ms, limits);
    return true;
  }

 private:
  void fail(std::int64_t now_ms, const BreakerLimits& limits) {
    if (state_ == BreakerState::open) return;
    if (state_ == BreakerState::closed && ++failures_ < limits.failures) return;
    state_ = BreakerState::open;
    failures_ = 0;
    due_ms_ = now_ms + limits.open_ms;
  }
  void close() {
    state_ = BreakerState::closed;
    failures_ = 0;
  }

  std::int64_t due_ms_ = kNever;  // OPEN: the probe; else the write deadline, if one runs
  BreakerState state_ = BreakerState::closed;
  std::uint8_t failures_ = 0;
  std::uint8_t probes_left_ = 0;
};

}  // namespace wsf::hub
