#pragma once
// Who gets what: keys, their subscribers, their last values. One for each shard, used on its thread only; knows
// nothing of sockets. A subscriber is the slot number of a session.
//
// Publishing walks a flat vector; subscribing and unsubscribing cost O(1) for each pair of (session, key), because
// each side of the relation knows its place in the other.

#include "hub/frame.hpp"
#include "hub/update.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wsf::hub {

using Slot = std::uint32_t;

// How a session wants a key's updates. One byte: it stands in the list that publishing walks.
struct Terms {
  bool meta : 1 = false;     // positions with each update
  bool resumes : 1 = false;  // has asked to resume
  bool status : 1 = false;   // word when the key becomes stale, and when it is live again
  bool limited : 1 = false;  // no more than a number of updates a second
  bool whole : 1 = false;    // of quotes: with all fields
};

struct Subscriber {
  Slot slot;
  std::uint16_t place;  // in the session's own list
  Terms terms;

  bool watches_positions() const { return terms.meta || terms.resumes; }
};
static_assert(sizeof(Subscriber) == 8);

// The newest update of a key, kept for snapshots.
struct LastValue {
  std::string payload;
  base::Position position;
  std::optional<base::Position> previous;
  std::int64_t kafka_ms = 0;
  std::int64_t heard_ms = 0;  // when it came; the caller's clock
};

class Subscriptions {
 public:
  // Last values beyond this many keys are not kept (the feed's producers are trusted, a runaway one is not).
  static constexpr std::size_t kMaxLastValues = 65'536;
  // Subscriptions of one session; the configured limit must not exceed it.
  static constexpr std::size_t kMaxOfSession = 65'535;

  // True when the session did not have the key before; otherwise the terms are set anew, but `resumes` stays.
  bool subscribe(Slot slot, std::string_view key, Terms terms = {});
  // The key's number, if the session had it; it may be another key's from now on.
  std::optional<KeyId> unsubscribe(Slot slot, std::string_view key);
  void drop_session(Slot slot);

  bool has(Slot slot, std::string_view key) const { return terms(slot, key).has_value(); }
  std::optional<Terms> terms(Slot slot, std::string_view key) const;
  std::size_t count(Slot slot) const { return slot < sessions_.size() ? sessions_[slot].size() : 0; }
  std::size_t total() const { return total_; }
  // The keys of a session; `visit` must not change them.
  template <class Visit>
  void each_key(Slot slot, Visit&& visit) const {
    if (slot >= sessions_.size()) return;
    for (const Subscription& own : sessions_[slot]) visit(own.key);
  }

  // Number of a key, made if it is new; stable while the key has a subscriber or a last value.
  KeyId intern(std::string_view key);
  KeyId key_end() const { return static_cast<KeyId>(keys_.size()); }  // above every number in use
  std::string_view name(KeyId key) const { return keys_[key].name; }
  std::span<const Subscriber> subscribers(KeyId key) const { return keys_[key].subscribers; }

  // Stores the update, which came at `heard_ms`, as its key's last value; a tombstone clears it.
  void remember(KeyId key, const Update& update, std::int64_t heard_ms = 0);
  const LastValue* last_value(KeyId key) const { return keys_[key].last ? &*keys_[key].last : nullptr; }

  std::size_t keys() const { return ids_.size(); }

 private:
  struct Key {
    std::string name;
    std::vector<Subscriber> subscribers;
    std::optional<LastValue> last;
  };
  struct Subscription {
    KeyId key;
    std::uint32_t place;  // in the key's list of subscribers
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  std::optional<std::uint16_t> find(Slot slot, KeyId key) const;
  void remove(Slot slot, std::uint16_t place);
  void forget_if_unused(KeyId key);

  std::unordered_map<std::string, KeyId, TextHash, std::equal_to<>> ids_;
  std::vector<Key> keys_;
  std::vector<KeyId> free_keys_;
  std::vector<std::vector<Subscription>> sessions_;  // by slot
  std::size_t total_ = 0;
  std::size_t last_values_ = 0;
};

}  // namespace wsf::hub
