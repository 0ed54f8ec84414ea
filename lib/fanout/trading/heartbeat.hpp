#pragma once
// The heartbeat that clients of the trading protocol answer in JSON. One for each shard, used on its thread only.

#include "ws/sessions.hpp"
#include "ws/timer_wheel.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace wsf::fanout {

class TradingHeartbeat {
 public:
  // `interval_ms`: between pings; 0: none. `timeout_ms`: silence that ends a connection; of frames that are no
  // messages it is only seen at the next look that they came.
  TradingHeartbeat(std::int64_t interval_ms, std::int64_t timeout_ms)
      : interval_ms_(interval_ms), timeout_ms_(timeout_ms) {}

  void attach(ws::Sessions& sessions);
  void begin(ws::Slot slot);
  void end(ws::Slot slot) { wheel_->disarm(slot); }
  void heard(ws::Slot slot);

  // Calls ping(slot) for each whose ping is due, and timed_out(slot) for each that was silent too long.
  template <class Ping, class TimedOut>
  void advance(Ping&& ping, TimedOut&& timed_out) {
    wheel_->advance(sessions_->now_ms(), [&](ws::Slot slot) {
      switch (look(slot)) {
        case Due::nothing:
          break;
        case Due::ping:
          ping(slot);
          break;
        case Due::end:
          return timed_out(slot);
      }
      arm(slot);
    });
  }

 private:
  struct Client {
    std::int64_t heard_ms = 0;  // when it was last heard, as far as we have looked
    std::int64_t ping_ms = 0;   // when the next is due
  };
  enum class Due { nothing, ping, end };

  Due look(ws::Slot slot);
  void arm(ws::Slot slot);

  std::int64_t interval_ms_;
  std::int64_t timeout_ms_;
  ws::Sessions* sessions_ = nullptr;
  std::optional<ws::TimerWheel> wheel_;  // from attach() on
  std::vector<Client> clients_;          // by slot
};

}  // namespace wsf::fanout
