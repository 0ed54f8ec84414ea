#pragma once
// Whether a feed stands that keeps nothing: what comes to it while it is lost never reaches a client. Written by its
// thread, read by any.

#include "base/clock.hpp"
#include "fanout/server_state.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace wsf::fanout {

struct ChannelFeedState {
  std::atomic<bool> up{false};
  std::atomic<bool> was_up{false};
  std::atomic<std::uint64_t> outages{1};  // the number of the present or last one: the start counts as one
  std::atomic<std::int64_t> down_since_ms{base::steady_ms()};  // of that one

  void rise() {
    up = true;
    was_up = true;
  }
  // Also for each attempt that fails: an outage begins with the first.
  void fall() {
    if (!up) return;
    down_since_ms = base::steady_ms();
    ++outages;
    up = false;
  }

  bool down_for(std::chrono::milliseconds span) const {
    return !up && base::steady_ms() - down_since_ms >= span.count();
  }
  Readiness readiness() const {
    if (up) return Readiness::ready;
    return was_up ? Readiness::degraded : Readiness::starting;
  }
};

}  // namespace wsf::fanout
