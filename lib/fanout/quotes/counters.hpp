#pragma once
// What one shard counts of its quotes clients: written on its thread, read by any.

#include "fanout/protocol_counters.hpp"
#include "stats/counter.hpp"

namespace wsf::fanout {

struct QuotesCounters : ProtocolCounters {
  stats::Gauge connections;
  stats::Counter messages_received, heartbeats;
  stats::Counter denied;         // symbols that a client's tier does not allow
  stats::Counter outages_told;   // one for each shard
  stats::Counter outage_closes;  // connections closed for them
};

}  // namespace wsf::fanout
