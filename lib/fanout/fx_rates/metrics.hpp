#pragma once
// What is counted of fx-rates alone, as Prometheus families.

#include "fanout/fx_rates/counters.hpp"
#include "stats/exposition.hpp"

#include <vector>

namespace wsf::fanout {

struct KeptCounters;
class Relay;
class RelayedFeed;

// `shards`: one for each.
void append_fx_rates_metrics(stats::Exposition& out, const std::vector<const FxRatesCounters*>& shards);
void append_kept_metrics(stats::Exposition& out, const KeptCounters& counters);
void append_relay_metrics(stats::Exposition& out, const Relay& relay);
void append_relayed_feed_metrics(stats::Exposition& out, const RelayedFeed& feed);

}  // namespace wsf::fanout
