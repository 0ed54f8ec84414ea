#pragma once
// The slow-client rule: what becomes of a session whose socket does not take what is sent. One function decides, and
// it is the only one that looks at the limits in bytes and age.

#include "hub/breaker.hpp"

#include <cstddef>
#include <cstdint>

namespace wsf::hub {

// The ladder, from the ground up.
enum class Verdict {
  keep,      // everything waits in order: a burst, or a socket that was busy for a moment
  conflate,  // only the newest update of each key waits
  pause,     // the breaker is open: the same, and no write is tried
  close,     // 4000: the client did not come back in time
};

struct OutboxLimits {
  std::size_t outbox_bytes = std::size_t{2} << 20;  // more than this waiting: conflate
  std::int64_t conflate_age_ms = 1'000;             // something waits longer than this: conflate
  std::int64_t outbox_age_ms = 10'000;              // something waits longer than this, paused or not: close
  BreakerLimits breaker{};
};

struct OutboxState {
  std::size_t bytes = 0;
  std::int64_t oldest_age_ms = 0;
  BreakerState breaker = BreakerState::closed;
};

constexpr bool overflows(std::size_t bytes, const OutboxLimits& limits) {
  return bytes > limits.outbox_bytes;
}

constexpr Verdict judge(const OutboxState& outbox, const OutboxLimits& limits) {
  if (outbox.oldest_age_ms >= limits.outbox_age_ms) return Verdict::close;
  if (outbox.breaker == BreakerState::open) return Verdict::pause;
  if (overflows(outbox.bytes, limits) || outbox.oldest_age_ms >= limits.conflate_age_ms) return Verdict::conflate;
  return Verdict::keep;
}

}  // namespace wsf::hub
