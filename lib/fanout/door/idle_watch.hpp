#pragma once
// Finds the connections on which none of the messages that its protocol counts has gone for too long. One for each
// protocol and shard, used on its thread only.

#include "ws/sessions.hpp"
#include "ws/timer_wheel.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace wsf::fanout {

class IdleWatch {
 public:
  // 0: nobody is ever idle.
  explicit IdleWatch(std::int64_t timeout_ms) : timeout_ms_(timeout_ms) {}

  // Before the first call of anything else.
  void attach(const ws::Sessions& sessions) {
    sessions_ = &sessions;
    wheel_.emplace(sessions.now_ms());
  }

  void begin(ws::Slot slot) {
    if (slot >= active_ms_.size()) active_ms_.resize(sessions_->slots());
    touch(slot);
    if (timeout_ms_ > 0) arm(slot);
  }
  void end(ws::Slot slot) { wheel_->disarm(slot); }

  // A message went. One store: it stands on the way of every update.
  void touch(ws::Slot slot) { active_ms_[slot] = sessions_->now_ms(); }
  std::int64_t active_ms(ws::Slot slot) const { return active_ms_[slot]; }

  // Calls idle(slot) for each whose time is up; its time begins anew, unless that closes it.
  template <class Idle>
  void advance(Idle&& idle) {
    wheel_->advance(sessions_->now_ms(), [&](ws::Slot slot) {
      if (sessions_->now_ms() - active_ms_[slot] >= timeout_ms_) {
        touch(slot);
        idle(slot);
      }
      if (sessions_->is_open(slot)) arm(slot);
    });
  }

 private:
  void arm(ws::Slot slot) { wheel_->arm(slot, active_ms_[slot] + timeout_ms_); }

  const std::int64_t timeout_ms_;
  const ws::Sessions* sessions_ = nullptr;
  std::optional<ws::TimerWheel> wheel_;  // from attach() on
  std::vector<std::int64_t> active_ms_;  // by slot
};

}  // namespace wsf::fanout
