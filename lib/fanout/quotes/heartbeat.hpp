#pragma once
// Which clients had no message for a while. One for each shard, used on its thread only.

#include "ws/sessions.hpp"
#include "ws/timer_wheel.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace wsf::fanout {

class QuotesHeartbeat {
 public:
  // `silence_ms`: 0: nobody is ever due.
  explicit QuotesHeartbeat(std::int64_t silence_ms) : silence_ms_(silence_ms) {}

  void attach(ws::Sessions& sessions) {
    sessions_ = &sessions;
    wheel_.emplace(sessions.now_ms());
  }
  void begin(ws::Slot slot) {
    if (slot >= sent_ms_.size()) sent_ms_.resize(sessions_->slots());
    sent(slot);
    if (silence_ms_ > 0) wheel_->arm(slot, sent_ms_[slot] + silence_ms_);
  }
  void end(ws::Slot slot) { wheel_->disarm(slot); }

  // A message went to the client. One store: it stands on the way of every update.
  void sent(ws::Slot slot) { sent_ms_[slot] = sessions_->now_ms(); }

  // Calls due(slot) for each client that has heard nothing for so long, which counts as a message.
  template <class Due>
  void advance(Due&& due) {
    wheel_->advance(sessions_->now_ms(), [&](ws::Slot slot) {
      if (sessions_->now_ms() - sent_ms_[slot] >= silence_ms_) {
        sent(slot);
        due(slot);
      }
      wheel_->arm(slot, sent_ms_[slot] + silence_ms_);
    });
  }

 private:
  std::int64_t silence_ms_;
  ws::Sessions* sessions_ = nullptr;
  std::optional<ws::TimerWheel> wheel_;  // from attach() on
  std::vector<std::int64_t> sent_ms_;    // by slot
};

}  // namespace wsf::fanout
