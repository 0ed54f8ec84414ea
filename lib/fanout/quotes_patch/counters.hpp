#pragma once
// What one shard counts of its quotes-patch clients: written on its thread, read by any.

#include "fanout/protocol_counters.hpp"
#include "stats/counter.hpp"
#include "ws/sessions.hpp"

namespace wsf::fanout {

struct PatchCounters : ProtocolCounters {
  stats::Gauge connections;
  stats::Gauge idle;    // of them, without a message either way for a health interval
  stats::Gauge groups;  // sessions that share their messages are one
  stats::Counter accepted, refused, idle_timeouts;
  stats::Counter patches_made, patches_remade;  // each once, however many sessions share it
  stats::Counter unknown_symbols;               // asked for, beside known ones
  stats::Counter batches, latency_us;           // from the arrival of their prices until they were queued
  ws::Traffic traffic;
};

}  // namespace wsf::fanout
