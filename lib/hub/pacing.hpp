#pragma once
// Subscriptions with a limit of updates a second (maxRateHz): what comes too early is held, a newer one takes its
// place, and the newest goes out when its time has come. One for each shard, used on its thread only; knows nothing
// of sockets.
//
// At most one frame is held for each limited subscription. All costs are O(log n) of those that hold one.

#include "hub/frame.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace wsf::hub {

using Slot = std::uint32_t;

// A frame that goes out later than it came, and what it stands for.
struct HeldFrame {
  Slot slot = 0;
  FramePtr frame;
  std::uint32_t left_out = 0;              // updates before it that were superseded
  std::optional<base::Position> previous;  // of the first of them, or its own
};

class Pacing {
 public:
  // Updates of the key to the session stand at least 1/`max_rate_hz` seconds apart from now on; above 0. What is held
  // stays held, for the new time.
  void limit(Slot slot, KeyId key, double max_rate_hz);

  // Takes the limit off, and what was held with it; frame null: nothing was. Nothing happens without a limit.
  HeldFrame lift(Slot slot, KeyId key);

  // True: the update may go out now, and counts as gone. False: it is held. Only for limited subscriptions.
  bool admit(Slot slot, KeyId key, const FramePtr& frame, std::int64_t now_ms);

  // The newest update goes out past the limit: takes out what it stands for, and the next one waits its time.
  HeldFrame pass(Slot slot, KeyId key, std::int64_t now_ms);

  // Takes out what is held, whatever its time; frame null: nothing.
  HeldFrame take(Slot slot, KeyId key);

  // Everything whose time has come. Valid until the next call.
  const std::vector<HeldFrame>& take_due(std::int64_t now_ms);

  // When the next is due; nullopt: nothing is held.
  std::optional<std::int64_t> next_due_ms() const;

  std::size_t held() const { return due_.size(); }
  std::uint64_t left_out() const { return left_out_; }  // since the start

 private:
  using Id = std::uint64_t;  // slot and key
  struct Pace {
    std::int64_t interval_us = 0;
    std::optional<std::int64_t> gone_us;  // when the last one went out
    FramePtr held;
    std::uint32_t left_out = 0;
    std::optional<base::Position> previous;

    std::int64_t due_us() const { return gone_us ? *gone_us + interval_us : 0; }
  };

  static Id id_of(Slot slot, KeyId key) { return (Id{slot} << 32) | key; }
  static HeldFrame release(Id id, Pace& pace);

  std::unordered_map<Id, Pace> paces_;
  std::set<std::pair<std::int64_t, Id>> due_;  // due_us() of those that hold a frame
  std::vector<HeldFrame> released_;
  std::uint64_t left_out_ = 0;
};

}  // namespace wsf::hub
