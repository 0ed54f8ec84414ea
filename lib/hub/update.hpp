#pragma once
// An update as it comes from a feed, and the batch of them that one poll gave. Both are immutable once posted: a
// batch is shared by all shards, read by each on its own thread.

#include "base/position.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::trace {
struct Context;
}

namespace wsf::hub {

struct Update {
  std::string key;
  std::string payload;  // the event's bytes as they came; empty for a tombstone
  base::Position position;
  std::optional<base::Position> previous;       // where the key's update before this one stands in the log
  std::optional<base::Position> hole_from;      // what came to the key between this and it is not known
  std::string_view topic;                       // of a feed that reads several; lives as long as the feed
  std::int64_t kafka_ms = 0;                    // the record's timestamp, Unix milliseconds
  bool for_all = false;                         // not for the key's subscribers alone
  bool tombstone = false;                       // clears the key's last value, nobody is told
  bool silent = false;                          // from before the start: fills last values, nobody is told
  std::shared_ptr<const trace::Context> trace;  // the span that received it, of one that is traced
};

// Events of one log that were gone before the feed read them. Both positions have its partition and epoch.
struct Loss {
  base::Position first;  // of them
  base::Position next;   // where reading went on
};

struct UpdateBatch {
  std::uint8_t service = 0;  // of the server's, whose feed this is
  std::uint64_t number = 0;  // grows from batch to batch of a feed that numbers them
  std::optional<Loss> loss;  // before the updates
  std::vector<Update> updates;
  std::int64_t received_ms = 0;  // Unix milliseconds, when the poll returned
  std::int64_t received_ns = 0;  // the same moment by the steady clock
  bool traced = false;           // one of the updates is
  bool head = false;             // with it the log has been read to where it ended at the start
};

using SharedBatch = std::shared_ptr<const UpdateBatch>;

}  // namespace wsf::hub
