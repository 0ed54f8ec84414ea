#include "base/units.hpp"
#include "load/outcome.hpp"
#include "load/verdict_block.hpp"

#include <fmt/format.h>

namespace wsf::load {
namespace {

using base::format_count;

constexpr double kMsPerS = 1e3;
constexpr std::uint16_t kNoCloseFrame = 1006;  // RFC 6455 section 7.1.5

// "-" where there was no sample to measure.
std::string ms(std::uint64_t samples, double value) {
  return samples > 0 ? fmt::format("{:.1f}", value) : "-";
}

std::string if_any(std::uint64_t count, std::string_view what) {
  return count > 0 ? fmt::format(" · {} {}", format_count(count), what) : "";
}

double mb(std::uint64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

std::string_view broker_row(const Outcome& outcome) {
  return outcome.broker == "Redis" ? "redis" : "kafka";
}

bool of_quotes(const Outcome& outcome) {
  return outcome.protocol == "quotes-patch" || outcome.protocol == "quotes";
}

// What is not this connection's to have.
std::string_view others_events(const Outcome& outcome) {
  if (outcome.protocol == "trading") return "of another assessment";
  if (of_quotes(outcome)) return "of symbols not asked for";
  return outcome.protocol == "notify" ? "of another user" : "of pairs not subscribed to";
}

void reach_rows(VerdictBlock& block, const Outcome& outcome) {
  const DeliveryOutcome& delivery = outcome.delivery;
  block.row("reach",
            fmt::format("{} of {}{}", format_count(delivery.received), format_count(delivery.expected),
                        if_any(delivery.counts.superseded, "by a newer one")),
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
  tell(counts.unexpected, others_events(outcome));
  tell(counts.foreign, "of another publisher's run");
  tell(counts.unmarked, "without a mark");
  if (!odd.empty()) block.row("odd", odd, {Metric::unexpected});
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
    block.row("closed",
              fmt::format("{} connections{}{}", format_count(connections.closed), closed_with(connections),
                          if_any(connections.away, "not back at the end")),
              {Metric::closed});
  }
}

std::string server_facts(const ServerOutcome& server) {
  const double most_mb = mb(server.rss_max_bytes);
  if (server.gone) return fmt::format("{:.0f} MB · process {} has ended", most_mb, server.pid);
  const std::string growth =
      server.rss_growth_bytes
          ? fmt::format(" ({:+.1f} MB since 30 s)", static_cast<double>(*server.rss_growth_bytes) / 1e6)
          : "";
  return fmt::format("{:.0f} MB{} · {:.0f} % of a core", most_mb, growth, server.window_cpu_share * 100);
}

std::string generator_facts(const Outcome& outcome) {
  const GeneratorOutcome& generator = outcome.generator;
  const bool lagged = generator_lagged(outcome);
  return fmt::format(
      "{:.0f} % of a core, busiest thread {:.0f} %{}: {} bottleneck", generator.cpu_share * 100,
      generator.busiest_thread_share * 100,
      lagged ? fmt::format("; messages lay unread for {:.0f} ms (p95)", generator.read_wait.p95_ms) : "",
      lagged || generator_was_busy(outcome) ? "may be the" : "not the");
}

void process_rows(VerdictBlock& block, const Outcome& outcome) {
  if (outcome.server) {
    block.row("server", server_facts(*outcome.server), {Metric::rss, Metric::rss_growth, Metric::cpu});
  } else {
    block.row("server", "process not found: --server-pid tells it", {Metric::rss, Metric::cpu});
  }
  block.row("generator", generator_facts(outcome));
  if (outcome.publisher && outcome.publisher->unheard > 0) {
    block.row(broker_row(outcome), fmt::format("{} published while nobody listened to their channel",
                                               format_count(outcome.publisher->unheard)));
  }
  if (!outcome.publisher || outcome.publisher->failed == 0) return;
  const std::string& why = outcome.publisher->last_error;
  block.row(broker_row(outcome), fmt::format("{} not confirmed{}{}", format_count(outcome.publisher->failed),
                                             why.empty() ? "" : ": ", why));
}

void note_rows(VerdictBlock& block, const Outcome& outcome) {
  if (outcome.interrupted) block.row("note", fmt::format("interrupted after {:.1f} s: no verdict", outcome.window_s));
  if (outcome.protocol == "trading" && outcome.storm) {
    block.row("note", "prices count in latency alone: the server does not repeat those of a storm");
  }
  if (!outcome.ended_by_server) return;
  block.row("note", fmt::format("no connection was left after {:.1f} s: {}", outcome.window_s,
                                outcome.listening ? "what was published later is not known"
                                                  : "what was due later counts as lost"));
}

// A stage's p50/p95/p99.
std::string three(const Quantiles& q) {
  if (q.count == 0) return "-";
  const auto short_ms = [](double value) { return fmt::format("{:.{}f}", value, value < 9.95 ? 1 : 0); };
  return fmt::format("{}/{}/{}", short_ms(q.p50_ms), short_ms(q.p95_ms), short_ms(q.p99_ms));
}

void stages_rows(VerdictBlock& block, const Outcome& outcome) {
  const StagesOutcome& stages = outcome.stages;
  if (stages.fan_out.count == 0) return;
  const std::string fan_out = fmt::format("fan-out {}", three(stages.fan_out));
  block.row("stages", outcome.listening ? fan_out
                                        : fmt::format("{} {} · server {} · {}", broker_row(outcome),
                                                      three(stages.broker), three(stages.server), fan_out));
  const std::string told = stages.logged_to_sent.count == 0
                               ? ""
                               : fmt::format("logged to sent {} · sent to received {} · ",
                                             three(stages.logged_to_sent), three(stages.sent_to_received));
  block.row("", told + "p50/p95/p99 in ms");
}

void disturbance_rows(VerdictBlock& block, const Outcome& outcome) {
  for (const Disturbance& one : outcome.disturbances) {
    const Quantiles& latency = one.latency;
    block.row(fmt::format("in {}", name_of(one.kind)),
              fmt::format("{:.0f} to {:.0f} s, timed apart: {} delivered · p50 {} · p99 {} · max {} ms", one.from_s,
                          one.to_s, format_count(latency.count), ms(latency.count, latency.p50_ms),
                          ms(latency.count, latency.p99_ms), ms(latency.count, latency.max_ms)));
  }
}

// What clients hold, in words.
struct StateWords {
  std::string_view row, steps, last_row, of_slow;
};

StateWords state_words(const Outcome& outcome) {
  if (outcome.protocol == "quotes")
    return {"quotes", "in their order", "newest", "have the newest quotes now that they have read"};
  return {"patches", "operations", "documents", "have the server's document now that they have read"};
}

void state_rows(VerdictBlock& block, const Outcome& outcome) {
  const StateWords words = state_words(outcome);
  if (outcome.chains) {
    const ChainCounts& counts = *outcome.chains;
    block.row(words.row,
              fmt::format("{} {} · {} breaks{}", format_count(counts.links), words.steps, format_count(counts.breaks),
                          if_any(counts.conflated, "events conflated")),
              {Metric::breaks, Metric::conflated});
    if (!counts.first_break.empty()) block.row("", fmt::format("the first: {}", counts.first_break));
  }
  if (!outcome.documents) return;
  const DocumentsOutcome& documents = *outcome.documents;
  block.row(words.last_row,
            fmt::format("equal: {} of {}", format_count(documents.of_readers.equal),
                        format_count(documents.of_readers.compared)),
            {Metric::unequal});
  if (!documents.failure.empty()) {
    block.row("", fmt::format("the server's could not be had: {}", documents.failure));
  } else if (!documents.first_difference.empty()) {
    block.row("", fmt::format("the first: {}", documents.first_difference));
  }
}

void chain_rows(VerdictBlock& block, const Outcome& outcome) {
  if (of_quotes(outcome)) return state_rows(block, outcome);
  if (!outcome.chains) return;
  const ChainCounts& chains = *outcome.chains;
  block.row("chains",
            fmt::format("{} links · {} breaks{}{}{}{}", format_count(chains.links), format_count(chains.breaks),
                        if_any(chains.conflated, "conflated"), if_any(chains.gaps, "gaps announced"),
                        if_any(chains.resumed, "resumed"), if_any(chains.begun_anew, "begun anew")),
            {Metric::breaks, Metric::conflated});
  if (!chains.first_break.empty()) block.row("", fmt::format("the first: {}", chains.first_break));
  if (chains.without_meta > 0) {
    block.row("", fmt::format("{} updates name no position: the server does not know \"meta\"?",
                              format_count(chains.without_meta)));
  }
}

void storm_row(VerdictBlock& block, const Outcome& outcome) {
  if (!outcome.storm) return;
  const StormOutcome& storm = *outcome.storm;
  const std::string back =
      storm.back_s ? "back in " + show(Metric::storm, *storm.back_s * kMsPerS) : "not all came back";
  block.row("storm",
            fmt::format("{} lost, {}{} · connect p50 {} · p99 {} · max {} ms", format_count(storm.lost), back,
                        if_any(storm.retried, "tries more"), ms(storm.connect.count, storm.connect.p50_ms),
                        ms(storm.connect.count, storm.connect.p99_ms), ms(storm.connect.count, storm.connect.max_ms)),
            {Metric::storm});
}

void churn_rows(VerdictBlock& block, const Outcome& outcome) {
  if (!outcome.churn) return;
  const ChurnOutcome& churn = *outcome.churn;
  block.row("churn",
            fmt::format("{} came and went, {:.0f}/s of {:.0f}/s · {} failed · connect p50 {} · p99 {} · max {} ms",
                        format_count(churn.completed), churn.reached_per_s, churn.wanted_per_s,
                        format_count(churn.failed), ms(churn.connect.count, churn.connect.p50_ms),
                        ms(churn.connect.count, churn.connect.p99_ms), ms(churn.connect.count, churn.connect.max_ms)),
            {Metric::churn_errors});
  if (churn.failed > 0) block.row("", fmt::format("the first: {}", churn.first_failure));
  if (!churn.before || !churn.after) {
    block.row("", "the server's /metrics does not tell what is left of them", {Metric::leaked});
    return;
  }
  const auto counts = [](const ServerCounters& c) {
    return fmt::format("{} sessions and {} subscriptions", format_count(static_cast<std::uint64_t>(c.sessions)),
                       format_count(static_cast<std::uint64_t>(c.subscriptions)));
  };
  block.row("", fmt::format("the server had {}, and has {}", counts(*churn.before), counts(*churn.after)),
            {Metric::leaked});
}

void stalled_row(VerdictBlock& block, const Outcome& outcome) {
  if (!outcome.stalled) return;
  const StalledOutcome& stalled = *outcome.stalled;
  const std::uint64_t equal = outcome.documents ? outcome.documents->of_slow.equal : 0;
  block.row("stalled", fmt::format("{} connections did not read, and count nowhere else{}{}{}",
                                   format_count(stalled.stalled), if_any(stalled.closed_as_slow, "closed as slow"),
                                   if_any(stalled.closed_otherwise, "closed otherwise"),
                                   if_any(equal, state_words(outcome).of_slow)));
}

std::string traffic(const Outcome& outcome) {
  const DeliveryOutcome& delivery = outcome.delivery;
  std::string out = fmt::format("{:.2f} MB/s to the clients", mb(delivery.bytes) / outcome.run_s);
  if (delivery.window_messages == 0) return out;
  return out +
         fmt::format(" · {:.2f} MB/min · {:.0f} bytes a message", mb_per_minute(outcome).value_or(0),
                     static_cast<double>(delivery.window_bytes) / static_cast<double>(delivery.window_messages));
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
  disturbance_rows(block, outcome);
  stages_rows(block, outcome);
  chain_rows(block, outcome);
  connection_rows(block, outcome);
  storm_row(block, outcome);
  churn_rows(block, outcome);
  stalled_row(block, outcome);
  process_rows(block, outcome);
  if (outcome.run_s > 0) {
    block.row("traffic", traffic(outcome), {Metric::bandwidth});
  }
  for (const std::string& reason : verdict.void_reasons) block.row("void", reason);
  note_rows(block, outcome);
  return block.text();
}

}  // namespace wsf::load
