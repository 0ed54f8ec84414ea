#pragma once
// How a feed from Kafka fares: written by the consumer's thread, read by any.

#include "protocol/fx_rates.hpp"
#include "stats/bucket_histogram.hpp"
#include "stats/counter.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace wsf::fanout {

struct FeedState {
  std::atomic<bool> at_head{false};  // the log has been read up to where it ended at the start
  std::atomic<bool> broker_reachable{false};

  stats::Counter received, accepted, history, tombstones, unkeyed, batches;
  std::array<stats::Counter, protocol::kPoisonCount> poison;
  stats::BucketHistogram kafka_stage;  // of each live event: from its timestamp to the poll that brought it

  // A valid event; `silent`: from before the start. `kafka_ms`: the record's timestamp; 0 and below: none of use.
  void count_event(bool silent, std::int64_t kafka_ms, std::int64_t received_ms) {
    (silent ? history : accepted).add();
    if (!silent && kafka_ms > 0) kafka_stage.record_ms(received_ms - kafka_ms);
  }
};

}  // namespace wsf::fanout
