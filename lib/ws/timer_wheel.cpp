#include "ws/timer_wheel.hpp"

#include <algorithm>

namespace wsf::ws {

TimerWheel::TimerWheel(std::int64_t now_ms) : now_tick_(now_ms / kTickMs), heads_(kBuckets, kNone) {}

void TimerWheel::arm(std::uint32_t slot, std::int64_t deadline_ms) {
  if (slot >= links_.size()) links_.resize(slot + std::size_t{1});
  disarm(slot);
  const std::int64_t wanted = (deadline_ms + kTickMs - 1) / kTickMs;
  // Within (now, now + kBuckets): an expiring bucket is never filled while it is being emptied.
  const std::int64_t tick = std::clamp(wanted, now_tick_ + 2, now_tick_ + std::int64_t{kBuckets} - 1);
  const auto bucket = static_cast<std::uint32_t>(tick % kBuckets);
  Link& link = links_[slot];
  link = {heads_[bucket], kNone, bucket};
  if (link.next != kNone) links_[link.next].previous = slot;
  heads_[bucket] = slot;
  ++armed_;
}

void TimerWheel::disarm(std::uint32_t slot) {
  if (slot >= links_.size() || links_[slot].bucket == kNone) return;
  Link& link = links_[slot];
  if (link.next != kNone) links_[link.next].previous = link.previous;
  if (link.previous != kNone) {
    links_[link.previous].next = link.next;
  } else {
    heads_[link.bucket] = link.next;
  }
  link = {};
  --armed_;
}

}  // namespace wsf::ws
