#pragma once
// Timers of a shard: one for each session, re-armed lazily. A wheel of buckets (Varghese and Lauck, 1987): arming,
// disarming and expiring cost O(1). Deadlines beyond the wheel's span come up early; the owner looks at its own
// deadline and arms again. The clock is the caller's: nothing happens but in advance().

#include <cstdint>
#include <vector>

namespace wsf::ws {

class TimerWheel {
 public:
  static constexpr std::int64_t kTickMs = 50;
  static constexpr std::uint32_t kBuckets = 1024;  // 51.2 s

  explicit TimerWheel(std::int64_t now_ms);

  // (Re-)arms the timer of `slot`; it expires in the first advance() at or after `deadline_ms`, rounded up to a tick.
  void arm(std::uint32_t slot, std::int64_t deadline_ms);
  void disarm(std::uint32_t slot);

  // Disarms each timer whose time has come and calls expired(slot) for it, which may arm and disarm any timer.
  template <class Expired>
  void advance(std::int64_t now_ms, Expired&& expired) {
    for (; now_tick_ < now_ms / kTickMs; ++now_tick_) {
      const std::uint32_t bucket = static_cast<std::uint32_t>((now_tick_ + 1) % kBuckets);
      // Taken out one by one: a callback may disarm its neighbours.
      while (heads_[bucket] != kNone) {
        const std::uint32_t slot = heads_[bucket];
        disarm(slot);
        expired_.push_back(slot);
      }
      for (std::size_t i = 0; i < expired_.size(); ++i) expired(expired_[i]);
      expired_.clear();
    }
  }

  bool empty() const { return armed_ == 0; }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  struct Link {
    std::uint32_t next = kNone;
    std::uint32_t previous = kNone;
    std::uint32_t bucket = kNone;
  };

  std::int64_t now_tick_;
  std::vector<std::uint32_t> heads_;
  std::vector<Link> links_;  // by slot
  std::vector<std::uint32_t> expired_;
  std::size_t armed_ = 0;
};

}  // namespace wsf::ws
