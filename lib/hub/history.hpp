#pragma once
// What a feed has brought lately, for clients that come back: the updates of each key in the log's order, bounded by
// their number for each key, and by age and bytes in all. One for each shard, used on its thread only. It holds the
// batches themselves, which all shards share, so that an event's bytes stand in memory once.

#include "base/position.hpp"
#include "hub/update.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wsf::hub {

struct HistoryLimits {
  std::size_t updates_per_key = 1000;
  std::size_t bytes = std::size_t{8} << 20;  // of the batches that hold at least one update of the history
  std::int64_t age_ms = 600'000;             // since they were received
};

class History {
 public:
  explicit History(const HistoryLimits& limits) : limits_(limits) {}

  // Appends the batch's updates (tombstones are none), and forgets what is beyond the limits, or before a hole.
  void add(const SharedBatch& batch);

  // Forgets what is too old. Milliseconds of UpdateBatch::received_ms.
  void expire(std::int64_t now_ms);

  // What came after this position, oldest first; nullopt when that cannot be told: the history begins later, or the
  // key has changed its partition, or the log was made anew, or events after it were lost. The pointers live until
  // the next call of add or expire.
  std::optional<std::vector<const Update*>> after(std::string_view key, const base::Position& position) const;

  std::size_t updates() const { return updates_; }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Held {
    const Update* update;
    std::uint64_t batch;  // its number
  };
  // The newest updates of a key. Those before `first` are forgotten and wait to be cut off together.
  struct Chain {
    std::vector<Held> updates;
    std::size_t first = 0;

    std::size_t size() const { return updates.size() - first; }
    void cut_oldest();
  };
  struct Kept {
    SharedBatch batch;      // null once no chain holds any of it
    std::size_t held = 0;   // updates that chains hold
    std::size_t next = 0;   // updates before it are forgotten
    std::size_t bytes = 0;  // of the whole batch
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  void append(const Update& update);
  bool lost_after(const base::Position& position) const;
  void forget_oldest_of(Chain& chain);
  void forget_oldest();

  HistoryLimits limits_;
  std::unordered_map<std::string, Chain, TextHash, std::equal_to<>> chains_;
  std::unordered_map<std::int32_t, base::Position> losses_;  // by partition: the end of the last loss
  std::deque<Kept> kept_;
  std::uint64_t first_batch_ = 0;  // number of the first in kept_
  std::size_t updates_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace wsf::hub
