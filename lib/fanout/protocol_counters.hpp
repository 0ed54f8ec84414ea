#pragma once
// What one shard counts of a protocol, whichever it is: written on its thread, read by any.

#include "stats/counter.hpp"

namespace wsf::fanout {

struct ProtocolCounters {
  stats::Gauge subscriptions, keys;
  stats::Counter updates_sent;  // queued to a session: one for each recipient
  stats::Counter events_broadcast;
};

}  // namespace wsf::fanout
