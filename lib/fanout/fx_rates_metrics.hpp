#pragma once
// What is counted of fx-rates alone, as Prometheus families.

#include "fanout/fx_rates_counters.hpp"
#include "stats/exposition.hpp"

#include <vector>

namespace wsf::fanout {

// `shards`: one for each.
void append_fx_rates_metrics(stats::Exposition& out, const std::vector<const FxRatesCounters*>& shards);

}  // namespace wsf::fanout
