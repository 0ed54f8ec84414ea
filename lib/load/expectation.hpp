#pragma once
// Thresholds as their users write them: 'p95<100ms', 'reach>=100%', 'rss<100'.

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

enum class Metric {
  p50,
  p90,
  p95,
  p99,
  max,  // latency from the intended publish time, ms
  connect_p50,
  connect_p99,
  connect_max,  // TCP connect to 101, ms
  reach,        // % of the expected deliveries
  lost,
  duplicates,
  unexpected,  // events that were for others
  closed,      // counts
  breaks,      // of chains: what was lost, or sent twice, and nobody accounts for; a count
  conflated,   // superseded on a slow line, a count
  unequal,     // connections whose document is not the server's, a count
  bandwidth,   // to all clients, MB of 10^6 bytes per minute
  storm,       // until the last is back, ms
  churn_errors,
  leaked,      // sessions and subscriptions that the server kept of clients that had gone; counts
  rss_growth,  // of the server after the first 30 s, MB
  rss,         // of the server, MB of 10^6 bytes
  cpu,         // of the server, % of a core
};

enum class Comparison { less, at_most, equal, at_least, more };

struct Expectation {
  std::string text;  // as it was written
  Metric metric = Metric::reach;
  Comparison comparison = Comparison::at_least;
  double value = 0;  // in the metric's unit

  bool met_by(double measured) const;
  bool needs_server_process() const {
    return metric == Metric::rss || metric == Metric::cpu || metric == Metric::rss_growth;
  }
};

// METRIC OP VALUE: OP is < <= == >= >; latencies need a unit (100ms, 0.2s), % and MB may be left out. The error names
// what is wrong and what would be right.
base::Result<Expectation> parse_expectation(std::string_view text);

// What holds when nothing was asked for: everything arrives.
std::vector<Expectation> default_expectations();

// The measured value in the metric's unit, for people: "14.8 ms", "99.98 %", "3".
std::string show(Metric metric, double value);

// "p50", "p90"...: for help texts and error messages.
const std::vector<std::string>& metric_names();

}  // namespace wsf::load
