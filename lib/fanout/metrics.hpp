#pragma once
// The names under which a server's counters are seen: Prometheus families and Spring's four.

#include "fanout/pages.hpp"
#include "stats/exposition.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace wsf::fanout {

struct ActuatorMetric {
  std::string_view name;
  std::string_view description;
  std::string_view statistic;  // VALUE of a gauge, COUNT of a counter
  std::uint64_t (*value)(const std::vector<ShardCounters>&, const ServerState&);
};

std::span<const ActuatorMetric> actuator_metrics();

// Every family, those that count nothing yet included. `consumer` and `keys` may be null.
void append_metrics(stats::Exposition& out, const Options& options, const ServerState& state,
                    const std::vector<ShardCounters>& shards, const kafka::Consumer* consumer,
                    const auth::KeyStore* keys);

}  // namespace wsf::fanout
