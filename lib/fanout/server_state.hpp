#pragma once
// What all threads of a server may ask of it, and what they count. Nothing here is touched for each recipient of an
// update; all but the users' counts, which opening and closing meet, are atomics that nobody waits for.

#include "fanout/user_connections.hpp"
#include "protocol/fx_rates.hpp"
#include "stats/bucket_histogram.hpp"
#include "stats/counter.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace wsf::fanout {

enum class Readiness { starting, ready, degraded, draining };

struct FeedCounters {  // written by the feed's thread
  stats::Counter received, accepted, history, tombstones, unkeyed, batches, waits;
  std::array<stats::Counter, protocol::kPoisonCount> poison;
  stats::BucketHistogram kafka_stage;  // of each live event: from its timestamp to the poll that brought it
};

struct ServerState {
  std::atomic<bool> at_head{false};  // the log has been read up to where it ended at the start
  std::atomic<bool> broker_reachable{false};
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> admitted{0};  // open connections of all shards that count against the limit
  UserConnections users;
  FeedCounters feed;

  Readiness readiness() const {
    if (draining) return Readiness::draining;
    if (!at_head) return Readiness::starting;
    return broker_reachable ? Readiness::ready : Readiness::degraded;
  }
};

}  // namespace wsf::fanout
