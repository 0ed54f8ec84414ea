#pragma once
// What event-class feeds have brought lately, for clients that come back: the events of each key in the order of
// their arrival, from any number of logs, bounded by their number for each key, and by age and bytes in all. One for
// a server: the feed's thread adds, shards ask. An event's text stands in memory once.

#include "base/position.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace wsf::hub {

struct BufferedEvent {
  std::string text;
  std::string topic;
  base::Position position;
  std::uint64_t batch = 0;       // the number of the batch that it came with: they grow
  std::int64_t received_ms = 0;  // Unix
  bool silent = false;           // from before the start: nobody was told of it when it came
};
using SharedEvent = std::shared_ptr<const BufferedEvent>;

struct EventBufferLimits {
  std::size_t events_per_key = 1000;
  std::size_t bytes = std::size_t{8} << 20;  // of all texts
  std::int64_t age_ms = 600'000;
};

class EventBuffer {
 public:
  static constexpr std::size_t kMaxKeys = 65'536;  // with events; the longest silent gives way
  static constexpr std::size_t kSpareOrder = 1024;
  static constexpr std::size_t kBytesOfEntry = 160;  // counted for each event beside its text

  explicit EventBuffer(const EventBufferLimits& limits) : limits_(limits) {}

  // One log's place that a client has seen.
  struct Seen {
    std::string topic;
    base::Position position;
  };
  struct Missed {
    std::vector<SharedEvent> events;      // in the order of their arrival
    std::vector<std::size_t> gaps_after;  // items of `seen` after which events of the key may be missing
  };

  // Any thread, from here on.
  void add(std::string_view key, BufferedEvent event);
  // Reading of this log began, or went on after a loss, with this position: nothing is known of what lies before it.
  void begin(const std::string& topic, const base::Position& position);
  void expire(std::int64_t now_ms);

  // The key's events after what was seen of each log, among those of batches up to `last_batch`. Of a log that is not
  // named: those that came after the newest event that is.
  Missed after(std::string_view key, std::span<const Seen> seen, std::uint64_t last_batch) const;

  std::size_t events() const;
  std::size_t bytes() const;

 private:
  using Log = std::pair<std::string, std::int32_t>;  // topic and partition
  // Where what we know of a log begins.
  using Floors = std::map<Log, base::Position>;

  struct Entry {
    SharedEvent event;
    std::uint64_t number;  // of all events, in the order of their arrival
  };
  struct Chain {
    std::deque<Entry> events;
    // The newest of each log that gave way; of a chain made anew, those of all chains that are gone.
    Floors forgotten;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Chains = std::unordered_map<std::string, Chain, TextHash, std::equal_to<>>;

  bool may_miss(const Chain* chain, const Seen& seen) const;
  void forget_front(Chain& chain);
  void cut_order();
  void forget_oldest();

  const EventBufferLimits limits_;
  mutable std::mutex mutex_;
  Chains chains_;
  std::deque<std::pair<std::uint64_t, std::string>> order_;  // number and key of each event, those gone included
  Floors begins_;                                            // the first position read of each log
  Floors forgotten_;  // of chains that are gone: the newest position of each log that gave way
  std::uint64_t next_number_ = 0;
  std::size_t events_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace wsf::hub
