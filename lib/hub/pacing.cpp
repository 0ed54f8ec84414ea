#include "hub/pacing.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <utility>

namespace wsf::hub {
namespace {

constexpr std::int64_t kUsPerMs = 1'000;
constexpr double kUsPerSecond = 1e6;
constexpr double kLongestIntervalUs = 1e15;  // 31 years: a tiny rate must not overflow

}  // namespace

void Pacing::limit(Slot slot, KeyId key, double max_rate_hz) {
  base::check(max_rate_hz > 0, "a rate is above 0");
  const Id id = id_of(slot, key);
  Pace& pace = paces_[id];
  if (pace.held) due_.erase({pace.due_us(), id});
  pace.interval_us = static_cast<std::int64_t>(std::min(kUsPerSecond / max_rate_hz, kLongestIntervalUs));
  if (pace.held) due_.emplace(pace.due_us(), id);
}

HeldFrame Pacing::lift(Slot slot, KeyId key) {
  HeldFrame held = take(slot, key);
  paces_.erase(id_of(slot, key));
  return held;
}

bool Pacing::admit(Slot slot, KeyId key, const FramePtr& frame, std::int64_t now_ms) {
  const Id id = id_of(slot, key);
  Pace& pace = paces_.at(id);
  if (pace.held) {
    pace.held = frame;
    ++pace.left_out;
    ++left_out_;
    return false;
  }
  if (now_ms * kUsPerMs >= pace.due_us()) {
    pace.gone_us = now_ms * kUsPerMs;
    return true;
  }
  pace.held = frame;
  pace.previous = frame->subject().previous;
  due_.emplace(pace.due_us(), id);
  return false;
}

HeldFrame Pacing::pass(Slot slot, KeyId key, std::int64_t now_ms) {
  HeldFrame held = take(slot, key);
  paces_.at(id_of(slot, key)).gone_us = now_ms * kUsPerMs;
  return held;
}

HeldFrame Pacing::take(Slot slot, KeyId key) {
  const auto found = paces_.find(id_of(slot, key));
  if (found == paces_.end() || !found->second.held) return {};
  due_.erase({found->second.due_us(), found->first});
  return release(found->first, found->second);
}

const std::vector<HeldFrame>& Pacing::take_due(std::int64_t now_ms) {
  released_.clear();
  const std::int64_t now_us = now_ms * kUsPerMs;
  while (!due_.empty() && due_.begin()->first <= now_us) {
    const Id id = due_.begin()->second;
    due_.erase(due_.begin());
    Pace& pace = paces_.at(id);
    pace.gone_us = now_us;
    released_.push_back(release(id, pace));
  }
  return released_;
}

std::optional<std::int64_t> Pacing::next_due_ms() const {
  if (due_.empty()) return std::nullopt;
  return (due_.begin()->first + kUsPerMs - 1) / kUsPerMs;
}

HeldFrame Pacing::release(Id id, Pace& pace) {
  return {static_cast<Slot>(id >> 32), std::exchange(pace.held, nullptr), std::exchange(pace.left_out, 0),
          std::exchange(pace.previous, std::nullopt)};
}

}  // namespace wsf::hub
