#pragma once
// The names under which a server's counters are seen: Prometheus families and Spring's four.

#include "fanout/server_view.hpp"
#include "stats/exposition.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace wsf::fanout {

struct ActuatorMetric {
  std::string_view name;
  std::string_view description;
  std::string_view statistic;  // VALUE of a gauge, COUNT of a counter
  std::uint64_t (*value)(const ServerView&);
};

std::span<const ActuatorMetric> actuator_metrics();

// Every family, those that count nothing yet included.
void append_metrics(stats::Exposition& out, const ServerView& server);

}  // namespace wsf::fanout
