#include "hub/staleness.hpp"

#include <algorithm>
#include <utility>

namespace wsf::hub {

void Staleness::watch(KeyId key, std::int64_t heard_ms) {
  if (key >= entries_.size()) entries_.resize(key + std::size_t{1});
  Entry& entry = entries_[key];
  entry = {heard_ms, 0, true, false};
  judge(entry);
  if (limit_ms_ > 0) next_look_ms_ = std::min(next_look_ms_, heard_ms + limit_ms_);
}

void Staleness::unwatch(KeyId key) {
  if (key >= entries_.size()) return;
  if (entries_[key].stale) --stale_;
  entries_[key] = {};
}

bool Staleness::heard(KeyId key, std::int64_t now_ms) {
  if (key >= entries_.size()) return false;
  Entry& entry = entries_[key];
  entry.heard_ms = now_ms;
  if (!entry.stale) return false;
  entry.stale = false;
  --stale_;
  if (limit_ms_ > 0) next_look_ms_ = std::min(next_look_ms_, now_ms + limit_ms_);
  return true;
}

void Staleness::learn(KeyId key, std::int64_t heard_ms) {
  if (key >= entries_.size()) return;
  entries_[key].heard_ms = heard_ms;
  if (limit_ms_ > 0) next_look_ms_ = std::min(next_look_ms_, heard_ms + limit_ms_);
}

std::span<const Staleness::Change> Staleness::advance(std::int64_t now_ms, bool feeding) {
  changes_.clear();
  now_ms_ = now_ms;
  if (feeding != feeding_) {
    feeding_ = feeding;
    lost_ms_ = now_ms;
    next_look_ms_ = now_ms;
  }
  if (now_ms >= next_look_ms_) look();
  return changes_;
}

std::optional<std::int64_t> Staleness::stale_since(KeyId key) const {
  if (key >= entries_.size() || !entries_[key].stale) return std::nullopt;
  return entries_[key].since_ms;
}

// True: the key's state has changed.
bool Staleness::judge(Entry& entry) {
  const bool by_silence = silent(entry);
  const bool stale = by_silence || left_alone(entry);
  if (stale == entry.stale) return false;
  entry.stale = stale;
  entry.since_ms = by_silence ? entry.heard_ms : lost_ms_;
  stale ? ++stale_ : --stale_;
  return true;
}

void Staleness::look() {
  next_look_ms_ = now_ms_ + kLookEveryMs;
  longest_silence_ms_ = 0;
  for (std::size_t key = 0; key < entries_.size(); ++key) {
    Entry& entry = entries_[key];
    if (!entry.watched) continue;
    longest_silence_ms_ = std::max(longest_silence_ms_, now_ms_ - entry.heard_ms);
    if (judge(entry)) changes_.push_back({static_cast<KeyId>(key), entry.stale});
    if (limit_ms_ > 0 && !entry.stale) next_look_ms_ = std::min(next_look_ms_, entry.heard_ms + limit_ms_);
  }
}

}  // namespace wsf::hub
