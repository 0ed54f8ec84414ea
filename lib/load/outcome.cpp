#include "load/outcome.hpp"

#include <fmt/format.h>

namespace wsf::load {
namespace {

constexpr double kNsPerMs = 1e6;
constexpr double kBytesPerMb = 1e6;

std::vector<std::string> reasons_to_doubt(const Outcome& outcome) {
  std::vector<std::string> out;
  const GeneratorOutcome& generator = outcome.generator;
  if (generator.busiest_thread_share > kMostThreadShare) {
    out.push_back(fmt::format("the generator's busiest thread used {:.0f} % of a core (more than {:.0f} %)",
                              generator.busiest_thread_share * 100, kMostThreadShare * 100));
  }
  if (outcome.publisher && outcome.publisher->lateness.p99_ms > kMostLateMs) {
    out.push_back(fmt::format("events were published late: p99 {:.1f} ms (more than {:.0f} ms)",
                              outcome.publisher->lateness.p99_ms, kMostLateMs));
  }
  if (outcome.publisher && outcome.publisher->failed > 0) {
    out.push_back(fmt::format("{} events could not be published", outcome.publisher->failed));
  }
  if (outcome.delivery.expected == 0 && !outcome.interrupted) {
    out.emplace_back(outcome.listening
                         ? "no marked event arrived (is ratepub running, with the same pairs?)"
                         : "nothing was published in the window (longer --duration, or faster --publish)");
  }
  return out;
}

}  // namespace

Quantiles quantiles_of(const stats::Histogram& histogram_ns) {
  const auto at = [&](double q) { return static_cast<double>(histogram_ns.quantile(q)) / kNsPerMs; };
  return {at(0.50),
          at(0.90),
          at(0.95),
          at(0.99),
          static_cast<double>(histogram_ns.max()) / kNsPerMs,
          histogram_ns.count()};
}

double DeliveryOutcome::reach_percent() const {
  return expected == 0 ? 0 : 100.0 * static_cast<double>(received) / static_cast<double>(expected);
}

std::optional<double> value_of(Metric metric, const Outcome& outcome) {
  const Quantiles& latency = outcome.delivery.latency;
  const Quantiles& connect = outcome.connections.connect;
  const auto latency_or_none = [&](double ms) { return latency.count > 0 ? std::optional(ms) : std::nullopt; };
  switch (metric) {
    case Metric::p50:
      return latency_or_none(latency.p50_ms);
    case Metric::p90:
      return latency_or_none(latency.p90_ms);
    case Metric::p95:
      return latency_or_none(latency.p95_ms);
    case Metric::p99:
      return latency_or_none(latency.p99_ms);
    case Metric::max:
      return latency_or_none(latency.max_ms);
    case Metric::connect_p50:
      return connect.p50_ms;
    case Metric::connect_p99:
      return connect.p99_ms;
    case Metric::connect_max:
      return connect.max_ms;
    case Metric::reach:
      return outcome.delivery.reach_percent();
    case Metric::lost:
      return static_cast<double>(outcome.delivery.lost());
    case Metric::duplicates:
      return static_cast<double>(outcome.delivery.counts.duplicates);
    case Metric::closed:
      return static_cast<double>(outcome.connections.closed);
    case Metric::rss:
      if (outcome.server) return static_cast<double>(outcome.server->rss_max_bytes) / kBytesPerMb;
      return std::nullopt;
    case Metric::cpu:
      if (outcome.server) return outcome.server->window_cpu_share * 100;
      return std::nullopt;
  }
  return std::nullopt;
}

Verdict judge(const Outcome& outcome, const std::vector<Expectation>& expectations) {
  Verdict out;
  for (const Expectation& expectation : expectations) {
    const auto measured = value_of(expectation.metric, outcome);
    const bool met = measured && expectation.met_by(*measured);
    if (!met) out.kind = Verdict::Kind::fail;
    out.checks.push_back({expectation, measured, met});
  }
  out.void_reasons = reasons_to_doubt(outcome);
  if (!out.void_reasons.empty()) out.kind = Verdict::Kind::invalid;
  return out;
}

}  // namespace wsf::load
