#pragma once
// The last step of an update to one session: at once, or when the session's maxRateHz allows it. One for each shard,
// used on its thread only.

#include "fanout/fx_rates/counters.hpp"
#include "fanout/fx_rates/rate_frames.hpp"
#include "hub/pacing.hpp"
#include "hub/subscriptions.hpp"
#include "protocol/fx_rates.hpp"
#include "ws/sessions.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace wsf::fanout {

class Delivery {
 public:
  explicit Delivery(FxRatesCounters& counters) : counters_(counters) {}
  void attach(ws::Sessions& sessions) { sessions_ = &sessions; }

  // Queues an update of the key. False: it is held, and goes out later unless a newer one takes its place. Safe while
  // walking subscribers.
  bool deliver(ws::Slot slot, const hub::Terms& terms, hub::KeyId key, const hub::FramePtr& frame) {
    if (terms.limited && !pacing_.admit(slot, key, frame, sessions_->now_ms())) return false;
    sessions_->publish(slot, frame);
    return true;
  }

  // The same for a frame that many share. What is held goes out as it is: later it would be compressed for one alone.
  bool deliver(ws::Slot slot, const hub::Terms& terms, hub::KeyId key, ws::SharedFrame& frame) {
    if (terms.limited && !pacing_.admit(slot, key, frame.plain(), sessions_->now_ms())) return false;
    sessions_->publish(slot, frame);
    return true;
  }

  // Queues the key's last value as a snapshot; it stands for what is held.
  void deliver_snapshot(ws::Slot slot, const hub::Terms& terms, hub::KeyId key, const hub::LastValue& last);

  // What a subscription asks for from now on. `before`: its terms until now, if it had any.
  void set_rate(ws::Slot slot, hub::KeyId key, const protocol::Command& command,
                const std::optional<hub::Terms>& before);
  // The subscription ends, and what is held with it.
  void forget(ws::Slot slot, hub::KeyId key) { pacing_.lift(slot, key); }

  // Queues what is held of the key now, for what must come after it.
  void hurry(ws::Slot slot, hub::KeyId key) { send(pacing_.take(slot, key)); }

  // Queues everything held whose time has come. May flush, so not within a callback.
  void send_due();
  std::optional<std::int64_t> next_due_ms() const { return pacing_.next_due_ms(); }  // by the sessions' clock

 private:
  // Sessions with one rate are often in step: what was made for the one is good for the next.
  struct Made {
    hub::HeldFrame of;
    hub::FramePtr frame;
  };

  void send(const hub::HeldFrame& held);
  hub::FramePtr standing_for_all(const hub::HeldFrame& held);

  FxRatesCounters& counters_;
  ws::Sessions* sessions_ = nullptr;
  hub::Pacing pacing_;
  Made made_;
  std::string text_;  // scratch of frames
};

}  // namespace wsf::fanout
