#include "load/report.hpp"

#include "base/units.hpp"
#include "load/svg_plot.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ctime>

namespace wsf::load {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --line: #dfe3e8; --paper: #ffffff; --card: #f6f7f9;
  --ok: #12733d; --bad: #b42318; --doubt: #8a5a00; --s1: #1f6fd1; --s2: #12855b; --s3: #c2620a; --s4: #7a828c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #9aa4b0; --line: #343b44; --paper: #14171b;
  --card: #1c2127; --ok: #4cc38a; --bad: #ff8b7e; --doubt: #f0b94d; --s1: #6cb0ff; --s2: #4cc38a; --s3: #ffa657; --s4: #8b949e; } }
body { margin: 0 auto; max-width: 1400px; padding: 24px; font: 15px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); }
h1 { font-size: 22px; margin: 0 0 4px; } p { margin: 0 0 16px; color: var(--soft); }
.PASS { color: var(--ok); } .FAIL, .missed { color: var(--bad); } .VOID, .PART { color: var(--doubt); } .ok { color: var(--ok); }
table { border-collapse: collapse; margin: 0 0 20px; } th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: 4px 20px 4px 0; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
pre { background: var(--card); padding: 14px 16px; border-radius: 8px; overflow-x: auto; font-size: 13px; line-height: 1.45; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); gap: 16px; }
svg { width: 100%; height: auto; background: var(--card); border-radius: 8px; }
svg text { font: 11px system-ui, sans-serif; fill: var(--soft); } svg .title { font-size: 13px; font-weight: 600; fill: var(--ink); }
.grid { stroke: var(--line); } .band { fill: var(--doubt); opacity: .14; } .note { fill: transparent; } .note:hover { fill: var(--soft); opacity: .15; }
polyline { fill: none; } .s1, .s2, .s3, .s4 { stroke-width: 1.8; stroke-linejoin: round; } circle { fill: var(--paper); }
.s1 { stroke: var(--s1); } .s2 { stroke: var(--s2); } .s3 { stroke: var(--s3); } .s4 { stroke: var(--s4); stroke-dasharray: 4 3; }
)";

std::string date_of(std::int64_t epoch_ns) {
  const std::time_t time = epoch_ns / 1'000'000'000;
  std::tm utc{};
  gmtime_r(&time, &utc);
  char out[32];
  std::strftime(out, sizeof out, "%Y-%m-%d %H:%M:%S UTC", &utc);
  return out;
}

Plot latency_plot(const Outcome& outcome) {
  Plot out{.title = "Latency by the time an event was due",
           .x_label = "s",
           .y_label = "ms",
           .log_y = true,
           .series = {{"p50", "s1", {}}, {"p95", "s2", {}}, {"p99", "s3", {}}, {"max", "s4", {}}}};
  for (const TimeSlot& slot : outcome.over_time) {
    const Quantiles& q = slot.latency;
    const double values[] = {q.p50_ms, q.p95_ms, q.p99_ms, q.max_ms};
    for (std::size_t i = 0; i < out.series.size(); i++) out.series[i].points.emplace_back(slot.at_s, values[i]);
    out.notes.push_back(
        {slot.at_s, fmt::format("{:.0f} s: {} delivered\np50 {:.1f} · p95 {:.1f} · p99 {:.1f} · max {:.1f} ms",
                                slot.at_s, base::format_count(q.count), q.p50_ms, q.p95_ms, q.p99_ms, q.max_ms)});
  }
  for (const Disturbance& one : outcome.disturbances) out.bands.emplace_back(one.from_s, one.to_s);
  return out;
}

// The further right, the rarer: each step of the axis is ten times fewer deliveries.
Plot percentile_plot(const Outcome& outcome) {
  const auto nines = [](double q) { return -std::log10(1 - q); };
  Plot out{.title = "Latency by percentile",
           .x_label = "",
           .y_label = "ms",
           .log_y = true,
           .series = {{"all that was not disturbed", "s1", {}}}};
  for (const auto& [q, ms] : outcome.percentiles) {
    if (q >= 1) continue;
    out.series[0].points.emplace_back(nines(q), ms);
    out.notes.push_back({nines(q), fmt::format("{:g} %: {:.2f} ms", q * 100, ms)});
  }
  for (const double q : {0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999})
    out.x_ticks.push_back({nines(q), fmt::format("{:g} %", q * 100)});
  return out;
}

Plot connections_plot(const Outcome& outcome) {
  Plot out{.title = "Connections",
           .x_label = "s (0: the measured time begins)",
           .y_label = "",
           .series = {{"subscribed and reading", "s1", {}}}};
  for (const Sample& sample : outcome.samples) out.series[0].points.emplace_back(sample.at_s, sample.live);
  return out;
}

Plot server_plot(const Outcome& outcome) {
  Plot out{.title = "Server: memory (MB) and CPU (% of a core)",
           .x_label = "s",
           .y_label = "",
           .series = {{"MB", "s1", {}}, {"%", "s3", {}}}};
  for (const Sample& sample : outcome.samples) {
    if (sample.server_rss_bytes == 0) continue;
    out.series[0].points.emplace_back(sample.at_s, static_cast<double>(sample.server_rss_bytes) / 1e6);
    out.series[1].points.emplace_back(sample.at_s, sample.server_cpu_share * 100);
  }
  return out;
}

std::string checks_table(const Verdict& verdict) {
  std::string out = "<table><tr><th>expected</th><th>measured</th><th></th></tr>\n";
  for (const Checked& check : verdict.checks) {
    out +=
        fmt::format("<tr><td>{}</td><td>{}</td><td class=\"{}\">{}</td></tr>\n", escape_html(check.expectation.text),
                    check.measured ? show(check.expectation.metric, *check.measured) : "not measured",
                    check.met ? "ok" : "missed", check.met ? "ok" : "missed");
  }
  return out + "</table>\n";
}

}  // namespace

std::string report_html(const Outcome& outcome, const Verdict& verdict) {
  const std::string_view kind = outcome.interrupted ? "PART" : name_of(verdict.kind);
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\">\n<title>wsload: {}</title><style>{}</style></head><body>\n"
      "<h1><span class=\"{}\">{}</span> · {} connections to {}</h1>\n<p>{} · {:.0f} s measured</p>\n",
      kind, kStyle, kind, kind, base::format_count(outcome.connections.subscribed), escape_html(outcome.url),
      date_of(outcome.window_from_ns), outcome.window_s);
  out += checks_table(verdict);
  out += fmt::format("<pre>{}</pre>\n<div class=\"plots\">\n", escape_html(verdict_text(outcome, verdict, false)));
  for (const Plot& plot :
       {latency_plot(outcome), percentile_plot(outcome), connections_plot(outcome), server_plot(outcome)}) {
    out += svg_of(plot);
  }
  return out + "</div>\n</body></html>\n";
}

}  // namespace wsf::load
