#pragma once
// What one shard counts of its fx-rates clients: written on its thread, read by any.

#include "fanout/protocol_counters.hpp"
#include "stats/counter.hpp"

namespace wsf::fanout {

struct FxRatesCounters : ProtocolCounters {
  stats::Gauge history_updates, history_bytes;
  stats::Gauge stale_pairs, oldest_pair_age_ms;  // of the subscribed ones
  stats::Counter recovered, gaps;                // resumed pairs: all that was missed was sent, or a gap was told
  stats::Counter gaps_told;                      // to sessions, of what the log itself has lost
  stats::Gauge held_updates;                     // by maxRateHz
  stats::Counter left_out_by_rate;
};

}  // namespace wsf::fanout
