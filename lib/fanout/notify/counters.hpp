#pragma once
// What one shard counts of its notify clients: written on its thread, read by any.

#include "fanout/protocol_counters.hpp"
#include "stats/bucket_histogram.hpp"
#include "stats/counter.hpp"

namespace wsf::fanout {

struct NotifyCounters : ProtocolCounters {
  stats::Gauge connections;
  stats::Gauge users;  // with a connection on this shard
  stats::Counter accepted, closed;
  stats::Counter messages_sent;  // notifications, one for each recipient
  stats::Counter idle_timeouts, gaps, outages_told;
  stats::Counter over_cluster_limit;  // closed because of the user's connections to other replicas
  stats::BucketHistogram connection_duration{stats::BucketHistogram::kConnectionBoundsUs};
};

}  // namespace wsf::fanout
