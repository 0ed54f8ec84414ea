#pragma once
// Finds the connections on which no message has gone either way for too long. One for each protocol and shard, used
// on its thread only.

#include "ws/sessions.hpp"
#include "ws/timer_wheel.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace wsf::fanout {

class IdleWatch {
 public:
  explicit IdleWatch(std::int64_t timeout_ms) : timeout_ms_(timeout_ms) {}

  // Before the first call of anything else.
  void attach(const ws::Sessions& sessions) {
    sessions_ = &sessions;
    wheel_.emplace(sessions.now_ms());
  }

  void begin(ws::Slot slot) {
    if (slot >= active_ms_.size()) active_ms_.resize(sessions_->slots());
    touch(slot);
    wheel_->arm(slot, active_ms_[slot] + timeout_ms_);
  }
  void end(ws::Slot slot) { wheel_->disarm(slot); }

  // A message went either way. Costs a store.
  void touch(ws::Slot slot) { active_ms_[slot] = sessions_->now_ms(); }
  std::int64_t active_ms(ws::Slot slot) const { return active_ms_[slot]; }

  // Calls idle(slot) for each whose time is up, once.
  template <class Idle>
  void advance(Idle&& idle) {
    const std::int64_t now_ms = sessions_->now_ms();
    wheel_->advance(now_ms, [&](ws::Slot slot) {
      const std::int64_t ends_ms = active_ms_[slot] + timeout_ms_;
      if (now_ms < ends_ms) return wheel_->arm(slot, ends_ms);
      idle(slot);
    });
  }

 private:
  const std::int64_t timeout_ms_;
  const ws::Sessions* sessions_ = nullptr;
  std::optional<ws::TimerWheel> wheel_;  // from attach() on
  std::vector<std::int64_t> active_ms_;  // by slot
};

}  // namespace wsf::fanout
