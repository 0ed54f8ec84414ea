#pragma once
// What one shard counts of its trading clients: written on its thread, read by any.

#include "fanout/protocol_counters.hpp"
#include "stats/bucket_histogram.hpp"
#include "stats/counter.hpp"

namespace wsf::fanout {

struct TradingCounters : ProtocolCounters {
  stats::Gauge connections;
  stats::Counter messages_sent, messages_received;  // those of the protocol: pings and welcomes included
  stats::Counter heartbeat_failures, replayed, gaps;
  stats::BucketHistogram connection_duration{stats::BucketHistogram::kConnectionBoundsUs};
};

}  // namespace wsf::fanout
