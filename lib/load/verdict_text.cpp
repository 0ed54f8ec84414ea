#include "base/units.hpp"
#include "load/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace wsf::load {
namespace {

using base::format_count;

constexpr std::size_t kChecksColumn = 66;  // where the checks of a row begin, if what stands before leaves room

// The characters of UTF-8 text.
std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

class Block {
 public:
  Block(const Outcome& outcome, const Verdict& verdict, bool colour)
      : verdict_(verdict), part_(outcome.interrupted), colour_(colour) {}

  // A row of facts, and beside it the checks of the metrics that it tells of.
  void row(std::string_view name, const std::string& facts, std::initializer_list<Metric> metrics = {}) {
    std::string line = fmt::format("{:<11}{}", name, facts);
    const std::string checks = checks_of(metrics);
    if (!checks.empty()) {
      const std::size_t used = length(line) + 7;
      line.append(used < kChecksColumn ? kChecksColumn - used : 2, ' ');
      line += checks;
    }
    out_ += fmt::format("{}{}\n", out_.empty() ? head() : std::string(7, ' '), line);
  }
  bool checks(Metric metric) const { return !checks_of({metric}).empty(); }
  const std::string& text() const { return out_; }

 private:
  std::string painted(std::string_view text, std::string_view code) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  std::string head() const {
    if (part_) return painted("PART", "1;33") + "   ";
    switch (verdict_.kind) {
      case Verdict::Kind::pass:
        return painted("PASS", "1;32") + "   ";
      case Verdict::Kind::fail:
        return painted("FAIL", "1;31") + "   ";
      case Verdict::Kind::invalid:
        break;
    }
    return painted("VOID", "1;33") + "   ";
  }
  std::string checks_of(std::initializer_list<Metric> metrics) const {
    std::string out;
    for (const Checked& check : verdict_.checks) {
      if (std::find(metrics.begin(), metrics.end(), check.expectation.metric) == metrics.end()) continue;
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", check.expectation.text, result(check));
    }
    return out;
  }
  std::string result(const Checked& check) const {
    if (check.met) return painted("ok", "32");
    const std::string measured = check.measured ? show(check.expectation.metric, *check.measured) : "not measured";
    return fmt::format("{} ({})", painted("missed", "31"), measured);
  }

  const Verdict& verdict_;
  bool part_;  // neither passed nor failed: only what was seen until the interrupt
  bool colour_;
  std::string out_;
};

std::string ms(double value) {
  return fmt::format("{:.1f}", value);
}

double mb(std::uint64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

void reach_rows(Block& block, const Outcome& outcome) {
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

void connection_rows(Block& block, const Outcome& outcome) {
  const ConnectionsOutcome& connections = outcome.connections;
  block.row("connect",
            fmt::format("{} in {:.1f} s · p50 {} · p99 {} · max {} ms", format_count(connections.subscribed),
                        connections.ramp_s, ms(connections.connect.p50_ms), ms(connections.connect.p99_ms),
                        ms(connections.connect.max_ms)),
            {Metric::connect_p50, Metric::connect_p99, Metric::connect_max});
  if (connections.failed > 0) {
    block.row("failed", fmt::format("{} connections; the first: {}", format_count(connections.failed),
                                    connections.first_failure));
  }
  if (connections.closed > 0 || block.checks(Metric::closed)) {
    const std::string code = connections.closed > 0 ? fmt::format(", the last with {}", connections.close_code) : "";
    block.row("closed", fmt::format("{} connections by the server{}", format_count(connections.closed), code),
              {Metric::closed});
  }
}

void process_rows(Block& block, const Outcome& outcome) {
  if (outcome.server) {
    block.row("server",
              fmt::format("{:.0f} MB · {:.0f} % of a core", mb(outcome.server->rss_max_bytes),
                          outcome.server->window_cpu_share * 100),
              {Metric::rss, Metric::cpu});
  } else {
    block.row("server", "process not found: --server-pid tells it", {Metric::rss, Metric::cpu});
  }
  const GeneratorOutcome& generator = outcome.generator;
  const bool busy = generator.busiest_thread_share > kMostThreadShare;
  block.row("generator",
            fmt::format("{:.0f} % of a core, busiest thread {:.0f} %: {} bottleneck", generator.cpu_share * 100,
                        generator.busiest_thread_share * 100, busy ? "may be the" : "not the"));
}

void stages_row(Block& block, const Outcome& outcome) {
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
  Block block(outcome, verdict, colour);
  reach_rows(block, outcome);
  const Quantiles& latency = outcome.delivery.latency;
  block.row("latency",
            fmt::format("p50 {} · p95 {} · p99 {} · max {} ms", ms(latency.p50_ms), ms(latency.p95_ms),
                        ms(latency.p99_ms), ms(latency.max_ms)),
            {Metric::p50, Metric::p90, Metric::p95, Metric::p99, Metric::max});
  connection_rows(block, outcome);
  process_rows(block, outcome);
  stages_row(block, outcome);
  if (outcome.run_s > 0) {
    block.row("traffic", fmt::format("{:.2f} MB/s to the clients", mb(outcome.delivery.bytes) / outcome.run_s));
  }
  for (const std::string& reason : verdict.void_reasons) block.row("void", reason);
  if (outcome.interrupted) block.row("note", fmt::format("interrupted after {:.1f} s: no verdict", outcome.window_s));
  return block.text();
}

}  // namespace wsf::load
