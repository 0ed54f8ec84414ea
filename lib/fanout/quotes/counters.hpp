#pragma once
// What one shard counts of its quotes clients: written on its thread, read by any.

#include "fanout/protocol_counters.hpp"
#include "stats/bucket_histogram.hpp"
#include "stats/counter.hpp"

namespace wsf::fanout {

struct QuotesCounters : ProtocolCounters {
  stats::Gauge connections;
  stats::Counter messages_received, heartbeats;
  stats::Counter denied;         // symbols that a client's tier does not allow
  stats::Counter outages_told;   // one for each shard
  stats::Counter outage_closes;  // connections closed for them
};

// Of the streams that quotes come by: 1 s, 2 s, 4 s and so on.
inline constexpr stats::BucketHistogram::Bounds kStreamBoundsUs = [] {
  stats::BucketHistogram::Bounds bounds{};
  std::int64_t bound_us = 1'000'000;
  for (std::int64_t& bound : bounds) {
    bound = bound_us;
    bound_us *= 2;
  }
  return bounds;
}();

}  // namespace wsf::fanout
