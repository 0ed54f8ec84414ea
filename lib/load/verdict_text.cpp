#include "base/units.hpp"
#include "load/outcome.hpp"
#include "load/verdict_block.hpp"

#include <fmt/format.h>

namespace wsf::load {
namespace {

using base::format_count;

constexpr std::uint16_t kNoCloseFrame = 1006;  // RFC 6455 section 7.1.5

// "-" where there was no sample to measure.
std::string ms(std::uint64_t samples, double value) {
  return samples > 0 ? fmt::format("{:.1f}", value) : "-";
}
std::string ms(const std::optional<double>& value) {
  return ms(value.has_value(), value.value_or(0));
}

double mb(std::uint64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

void reach_rows(VerdictBlock& block, const Outcome& outcome) {
  const DeliveryOutcome& delivery = outcome.delivery;
  block.row("reach", fmt::format("{} of {}", format_count(delivery.received), format_count(delivery.expected)),
            {Metric::reach, Metric::lost, Metric::duplicates});
  if (delivery.lost() > 0) {
    block.row("lost", fmt::format("{}: {} connections got too few, worst is number {} with {} missing",
                                  format_count(delivery.lost()), format_count(delivery.short_connections),
                                  delivery.worst_connection, format_count(delivery.worst_missing)));
  }
  const Counts& counts = delivery.counts;
  std::string odd;
  const auto tell = [&odd](std::uint64_t count, std::string_view what) {
    if (count > 0) odd += fmt::format("{}{} {}", odd.empty() ? "" : " · ", format_count(count), what);
  };
  tell(counts.duplicates, "twice");
  tell(counts.late, "out of order");
  tell(counts.unexpected, "of pairs not subscribed to");
  tell(counts.foreign, "of another publisher's run");
  tell(counts.unmarked, "without a mark");
  if (!odd.empty()) block.row("odd", odd);
}

std::string closed_with(const ConnectionsOutcome& connections) {
  if (connections.closed == 0) return "";
  return fmt::format(", {}{}", connections.close_code,
                     connections.close_code == kNoCloseFrame ? " (no close frame: lost)" : "");
}

void connection_rows(VerdictBlock& block, const Outcome& outcome) {
  const ConnectionsOutcome& connections = outcome.connections;
  const Quantiles& connect = connections.connect;
  block.row("connect",
            fmt::format("{} in {:.1f} s · p50 {} · p99 {} · max {} ms", format_count(connections.subscribed),
                        connections.ramp_s, ms(connect.count, connect.p50_ms), ms(connect.count, connect.p99_ms),
                        ms(connect.count, connect.max_ms)),
            {Metric::connect_p50, Metric::connect_p99, Metric::connect_max});
  if (connections.failed > 0) {
    block.row("failed", fmt::format("{} connections; the first: {}", format_count(connections.failed),
                                    connections.first_failure));
  }
  if (connections.closed > 0 || block.checks(Metric::closed)) {
    block.row("closed", fmt::format("{} connections{}", format_count(connections.closed), closed_with(connections)),
              {Metric::closed});
  }
}

std::string server_facts(const ServerOutcome& server) {
  const double most_mb = mb(server.rss_max_bytes);
  if (server.gone) return fmt::format("{:.0f} MB · process {} has ended", most_mb, server.pid);
  return fmt::format("{:.0f} MB · {:.0f} % of a core", most_mb, server.window_cpu_share * 100);
}

void process_rows(VerdictBlock& block, const Outcome& outcome) {
  if (outcome.server) {
    block.row("server", server_facts(*outcome.server), {Metric::rss, Metric::cpu});
  } else {
    block.row("server", "process not found: --server-pid tells it", {Metric::rss, Metric::cpu});
  }
  const GeneratorOutcome& generator = outcome.generator;
  const bool busy = generator.busiest_thread_share > kMostThreadShare;
  block.row("generator",
            fmt::format("{:.0f} % of a core, busiest thread {:.0f} %: {} bottleneck", generator.cpu_share * 100,
                        generator.busiest_thread_share * 100, busy ? "may be the" : "not the"));
  if (!outcome.publisher || outcome.publisher->failed == 0) return;
  const std::string& why = outcome.publisher->last_error;
  block.row("kafka", fmt::format("{} not confirmed{}{}", format_count(outcome.publisher->failed),
                                 why.empty() ? "" : ": ", why));
}

void note_rows(VerdictBlock& block, const Outcome& outcome) {
  if (outcome.interrupted) block.row("note", fmt::format("interrupted after {:.1f} s: no verdict", outcome.window_s));
  if (!outcome.ended_by_server) return;
  block.row("note", fmt::format("no connection was left after {:.1f} s: {}", outcome.window_s,
                                outcome.listening ? "what was published later is not known"
                                                  : "what was due later counts as lost"));
}

void stages_row(VerdictBlock& block, const Outcome& outcome) {
  const StagesOutcome& stages = outcome.stages;
  if (stages.events == 0) return;
  const std::string fan_out =
      fmt::format("fan-out {} ms (p95 of {} events)", ms(stages.fan_out_ms), format_count(stages.events));
  block.row("stages", outcome.listening ? fan_out
                                        : fmt::format("kafka {} · server {} · {}", ms(stages.kafka_ms),
                                                      ms(stages.server_ms), fan_out));
}

}  // namespace

std::string verdict_text(const Outcome& outcome, const Verdict& verdict, bool colour) {
  VerdictBlock block(outcome, verdict, colour);
  reach_rows(block, outcome);
  const Quantiles& latency = outcome.delivery.latency;
  block.row("latency",
            fmt::format("p50 {} · p95 {} · p99 {} · max {} ms", ms(latency.count, latency.p50_ms),
                        ms(latency.count, latency.p95_ms), ms(latency.count, latency.p99_ms),
                        ms(latency.count, latency.max_ms)),
            {Metric::p50, Metric::p90, Metric::p95, Metric::p99, Metric::max});
  connection_rows(block, outcome);
  process_rows(block, outcome);
  stages_row(block, outcome);
  if (outcome.run_s > 0) {
    block.row("traffic", fmt::format("{:.2f} MB/s to the clients", mb(outcome.delivery.bytes) / outcome.run_s));
  }
  for (const std::string& reason : verdict.void_reasons) block.row("void", reason);
  note_rows(block, outcome);
  return block.text();
}

}  // namespace wsf::load
