#include "load/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::load {
namespace {

constexpr double kBytesPerMb = 1e6;
constexpr double kMsPerS = 1e3;
constexpr double kSPerMinute = 60;

constexpr double kMostThreadShare = 0.80;  // a generator that was busier measures itself: void, whatever was measured
constexpr double kLeastLagMs = 5;
constexpr double kLeastWindowS = 1;  // of one that the server ended: a shorter one says nothing of the generator

std::string_view names_of_keys(std::string_view protocol) {
  if (protocol == "trading") return "assessments";
  if (protocol == "quotes-patch" || protocol == "quotes") return "symbols";
  return protocol == "notify" ? "users" : "pairs";
}

std::vector<std::string> reasons_to_doubt(const Outcome& outcome, bool closes_missed) {
  std::vector<std::string> out;
  const GeneratorOutcome& generator = outcome.generator;
  if (generator_was_busy(outcome)) {
    out.push_back(fmt::format("the generator's busiest thread used {:.0f} % of a core (more than {:.0f} %)",
                              generator.busiest_thread_share * 100, kMostThreadShare * 100));
  }
  if (closes_missed) return out;
  const auto& publisher = outcome.publisher;
  if (publisher && publisher->lateness.p99_ms > publisher->max_lateness_ms) {
    out.push_back(fmt::format("events were published late: p99 {:.1f} ms (more than {:g} ms)",
                              publisher->lateness.p99_ms, publisher->max_lateness_ms));
  }
  if (publisher && publisher->failed > 0) {
    out.push_back(fmt::format("{} did not confirm all events: {} are missing", outcome.broker, publisher->failed));
  }
  if (outcome.delivery.expected == 0 && !outcome.interrupted) {
    out.emplace_back(outcome.listening
                         ? fmt::format("no marked event arrived (is ratepub running, with the same {}?)",
                                       names_of_keys(outcome.protocol))
                         : "nothing was published in the window (longer --duration, or faster --publish)");
  }
  return out;
}

// What holds of this outcome although nobody asked for it, where nobody asked for something else.
void add_standing(const Outcome& outcome, std::vector<Expectation>& expectations) {
  const auto add = [&](bool applies, Metric metric, std::string_view text) {
    const bool named = std::any_of(expectations.begin(), expectations.end(),
                                   [metric](const Expectation& e) { return e.metric == metric; });
    if (applies && !named) expectations.push_back(*parse_expectation(text));
  };
  add(outcome.connections.closed > 0, Metric::closed, "closed==0");
  add(outcome.delivery.counts.unexpected > 0, Metric::unexpected, "unexpected==0");
  add(outcome.chains.has_value(), Metric::breaks, "breaks==0");
  add(outcome.documents.has_value(), Metric::unequal, "unequal==0");
  add(outcome.churn.has_value(), Metric::churn_errors, "churn_errors==0");
  add(outcome.churn && outcome.churn->leaked(), Metric::leaked, "leaked==0");
}

}  // namespace

Quantiles quantiles_of(const stats::Histogram& histogram, double units_per_ms) {
  const auto at = [&](double q) { return static_cast<double>(histogram.quantile(q)) / units_per_ms; };
  return {at(0.50),         at(0.90), at(0.95), at(0.99), static_cast<double>(histogram.max()) / units_per_ms,
          histogram.count()};
}

std::optional<double> ChurnOutcome::leaked() const {
  if (!before || !after) return std::nullopt;
  return std::max(0.0, after->sessions - before->sessions) +
         std::max(0.0, after->subscriptions - before->subscriptions);
}

const char* name_of(Disturbance::Kind kind) {
  return kind == Disturbance::Kind::outage ? "outage" : "storm";
}

double DeliveryOutcome::reach_percent() const {
  return expected == 0 ? 0 : 100.0 * static_cast<double>(received) / static_cast<double>(expected);
}

std::optional<double> mb_per_minute(const Outcome& outcome) {
  if (outcome.window_s <= 0) return std::nullopt;
  return static_cast<double>(outcome.delivery.window_bytes) / kBytesPerMb / outcome.window_s * kSPerMinute;
}

std::optional<double> value_of(Metric metric, const Outcome& outcome) {
  const DeliveryOutcome& delivery = outcome.delivery;
  const Quantiles &latency = delivery.latency, &connect = outcome.connections.connect;
  const auto if_any = [](std::uint64_t samples, auto value) {
    return samples > 0 ? std::optional(static_cast<double>(value)) : std::nullopt;
  };
  switch (metric) {
    case Metric::p50:
      return if_any(latency.count, latency.p50_ms);
    case Metric::p90:
      return if_any(latency.count, latency.p90_ms);
    case Metric::p95:
      return if_any(latency.count, latency.p95_ms);
    case Metric::p99:
      return if_any(latency.count, latency.p99_ms);
    case Metric::max:
      return if_any(latency.count, latency.max_ms);
    case Metric::connect_p50:
      return if_any(connect.count, connect.p50_ms);
    case Metric::connect_p99:
      return if_any(connect.count, connect.p99_ms);
    case Metric::connect_max:
      return if_any(connect.count, connect.max_ms);
    case Metric::reach:
      return if_any(delivery.expected, delivery.reach_percent());
    case Metric::lost:
      return if_any(delivery.expected, delivery.lost());
    case Metric::duplicates:
      return if_any(delivery.received, delivery.counts.duplicates);
    case Metric::unexpected:
      return static_cast<double>(delivery.counts.unexpected);
    case Metric::closed:
      return if_any(outcome.connections.subscribed, outcome.connections.closed);
    case Metric::breaks:
      if (!outcome.chains) return std::nullopt;
      return if_any(outcome.chains->links, outcome.chains->breaks);
    case Metric::conflated:
      return outcome.chains ? std::optional(static_cast<double>(outcome.chains->conflated)) : std::nullopt;
    case Metric::unequal:
      if (!outcome.documents) return std::nullopt;
      return if_any(outcome.documents->of_readers.compared,
                    outcome.documents->of_readers.compared - outcome.documents->of_readers.equal);
    case Metric::bandwidth:
      return mb_per_minute(outcome);
    case Metric::storm:
      if (!outcome.storm || !outcome.storm->back_s) return std::nullopt;
      return *outcome.storm->back_s * kMsPerS;
    case Metric::churn_errors:
      return outcome.churn ? if_any(outcome.churn->opened, outcome.churn->failed) : std::nullopt;
    case Metric::leaked:
      return outcome.churn ? outcome.churn->leaked() : std::nullopt;
    case Metric::rss_growth:
      if (!outcome.server || !outcome.server->rss_growth_bytes) return std::nullopt;
      return static_cast<double>(*outcome.server->rss_growth_bytes) / kBytesPerMb;
    case Metric::rss:
      if (!outcome.server) return std::nullopt;
      return if_any(outcome.server->rss_max_bytes, static_cast<double>(outcome.server->rss_max_bytes) / kBytesPerMb);
    case Metric::cpu:
      if (!outcome.server || outcome.server->gone) return std::nullopt;
      return outcome.server->window_cpu_share * 100;
  }
  return std::nullopt;
}

bool generator_was_busy(const Outcome& outcome) {
  if (outcome.ended_by_server && outcome.window_s < kLeastWindowS) return false;
  return outcome.generator.busiest_thread_share > kMostThreadShare;
}

bool generator_lagged(const Outcome& outcome) {
  const Quantiles& wait = outcome.generator.read_wait;
  return wait.count > 0 && wait.p95_ms >= kLeastLagMs && wait.p95_ms > outcome.delivery.latency.p95_ms / 2;
}

Verdict judge(const Outcome& outcome, const std::vector<Expectation>& expectations) {
  Verdict out;
  std::vector<Expectation> all = expectations;
  add_standing(outcome, all);
  bool closes_missed = false;
  for (const Expectation& expectation : all) {
    const auto measured = value_of(expectation.metric, outcome);
    const bool met = measured && expectation.met_by(*measured);
    if (!met) out.kind = Verdict::Kind::fail;
    closes_missed |= !met && expectation.metric == Metric::closed && outcome.connections.closed > 0;
    out.checks.push_back({expectation, measured, met});
  }
  out.void_reasons = reasons_to_doubt(outcome, closes_missed);
  if (!out.void_reasons.empty()) out.kind = Verdict::Kind::invalid;
  return out;
}

}  // namespace wsf::load
