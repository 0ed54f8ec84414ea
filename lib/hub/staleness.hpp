#pragma once
// Which keys are stale: silent for too long, or left without a feed. One for each shard, used on its thread only;
// knows nothing of sockets. Only keys that somebody subscribes to are watched.
//
// An update costs a store and a comparison. Looking for silent keys is one pass over a flat table, made only when the
// key that was silent longest at the last pass can have become stale, and once in kLookEveryMs for
// longest_silence_ms().
//
// All times are milliseconds of one steady clock.

#include "hub/frame.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace wsf::hub {

class Staleness {
 public:
  static constexpr std::int64_t kLookEveryMs = 1'000;

  struct Change {
    KeyId key;
    bool stale;
  };

  // `limit_ms` 0: silence alone makes nothing stale. There is no feed until advance() says so.
  Staleness(std::int64_t limit_ms, std::int64_t now_ms) : limit_ms_(limit_ms), lost_ms_(now_ms), now_ms_(now_ms) {}

  // Begins to watch a key that is not watched; `heard_ms`: when its last event came.
  void watch(KeyId key, std::int64_t heard_ms);
  // Nothing happens to a key that is not watched.
  void unwatch(KeyId key);

  // An event of the key. True: it was stale, and is no longer.
  bool heard(KeyId key, std::int64_t now_ms);
  // What an event from before the start tells of the key: never news.
  void learn(KeyId key, std::int64_t heard_ms);

  // Turns the clock, and tells which keys have changed by silence, or by the loss or the return of the feed. Valid
  // until the next call.
  std::span<const Change> advance(std::int64_t now_ms, bool feeding);

  // Since when a watched key is stale: its last event, or the loss of the feed; nullopt: it is live, or not watched.
  std::optional<std::int64_t> stale_since(KeyId key) const;

  std::size_t stale() const { return stale_; }
  // Of the watched key that has been silent longest, at the last pass; 0 without a watched key.
  std::int64_t longest_silence_ms() const { return longest_silence_ms_; }

 private:
  struct Entry {
    std::int64_t heard_ms = 0;
    std::int64_t since_ms = 0;  // while stale
    bool watched = false;
    bool stale = false;
  };

  bool silent(const Entry& entry) const { return limit_ms_ > 0 && now_ms_ - entry.heard_ms >= limit_ms_; }
  bool left_alone(const Entry& entry) const { return !feeding_ && entry.heard_ms <= lost_ms_; }
  bool judge(Entry& entry);
  void look();

  std::int64_t limit_ms_;
  std::int64_t lost_ms_;  // while not feeding
  std::int64_t now_ms_;
  std::int64_t next_look_ms_ = 0;
  std::int64_t longest_silence_ms_ = 0;
  bool feeding_ = false;
  std::size_t stale_ = 0;
  std::vector<Entry> entries_;  // by key
  std::vector<Change> changes_;
};

}  // namespace wsf::hub
