#include "capacity.hpp"

#include "base/exit_codes.hpp"
#include "base/standard_streams.hpp"
#include "base/units.hpp"
#include "load/capacity_search.hpp"
#include "load/rate_walk.hpp"
#include "output_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace wsload {
namespace {

using namespace wsf::load;
using Run = CapacitySearch::Run;

std::string value_text(const Options& options, double value) {
  const bool rate = options.capacity == Capacity::rate;
  const bool whole = value == std::floor(value);
  const std::string number =
      whole ? wsf::base::format_count(static_cast<std::uint64_t>(value)) : fmt::format("{:g}", value);
  return number + (rate ? "/s" : " connections");
}

LoadOptions with_value(const Options& options, double value) {
  LoadOptions out = options.load;
  out.progress_fd = -1;
  if (options.capacity == Capacity::connections) out.connections = static_cast<std::uint32_t>(value);
  out.slow = std::min(out.slow, out.connections - 1);
  if (!out.feed) return out;
  if (options.capacity == Capacity::rate) out.feed->plan.rate_per_s = value;
  std::mt19937_64 random{std::random_device{}()};
  out.feed->plan.run = make_uuid(random);  // what the run before left on its way must not count in this one
  return out;
}

// What broke first, for people; empty when it held.
std::string why(const Verdict& verdict) {
  if (!verdict.void_reasons.empty()) return verdict.void_reasons.front();
  for (const Checked& check : verdict.checks) {
    if (check.met) continue;
    const Metric metric = check.expectation.metric;
    return fmt::format("{} missed ({})", check.expectation.text,
                       check.measured ? show(metric, *check.measured) : "not measured");
  }
  return "";
}

Run judged(const Verdict& verdict) {
  if (verdict.kind == Verdict::Kind::pass) return Run::held;
  return verdict.kind == Verdict::Kind::fail ? Run::broke : Run::generator_bound;
}

std::string step_line(const std::string& value, const Outcome& outcome, const Verdict& verdict) {
  const Quantiles& latency = outcome.delivery.latency;
  std::string out = fmt::format("{:<18}{}  p50 {:.1f} · p99 {:.1f} ms", value, name_of(verdict.kind), latency.p50_ms,
                                latency.p99_ms);
  if (outcome.server) out += fmt::format(" · server {:.0f} %", outcome.server->window_cpu_share * 100);
  out += fmt::format(" · generator {:.0f} %\n", outcome.generator.cpu_share * 100);
  const std::string reason = why(verdict);
  return reason.empty() ? out : out + fmt::format("{:<18}{}\n", "", reason);
}

std::string knee_line(const Options& options, const CapacitySearch& search, const std::string& reason) {
  if (!search.held()) return fmt::format("knee   nothing held, not even {}\n", value_text(options, *search.broke()));
  const std::string held = value_text(options, *search.held());
  if (!search.broke()) return fmt::format("knee   {} held, and no more was tried\n", held);
  return fmt::format("knee   {} held, {} did not{}:\n       {}\n", held, value_text(options, *search.broke()),
                     search.generator_bound() ? " by the generator's fault, the server may carry more" : "", reason);
}

std::string json_of(const Options& options, const CapacitySearch& search, const std::vector<std::string>& runs) {
  const auto number = [](const std::optional<double>& value) { return value ? fmt::format("{}", *value) : "null"; };
  return fmt::format(
      "{{\"capacity\": \"{}\", \"held\": {}, \"broke\": {}, \"generator_bound\": {}, \"runs\": [{}]}}\n",
      options.capacity == Capacity::rate ? "rate" : "connections", number(search.held()), number(search.broke()),
      search.generator_bound(), fmt::join(runs, ","));
}

}  // namespace

int find_capacity(const Options& options, const std::atomic<bool>& interrupted) {
  const bool rate = options.capacity == Capacity::rate;
  CapacitySearch search(rate ? options.load.feed->plan.rate_per_s : options.load.connections,
                        rate ? most_rate(options.load.protocol) : options.most_connections, !rate);
  std::ofstream json = open_output(options.json_path, "--json");
  const bool text = options.json_path != "-";
  std::vector<std::string> runs;
  std::string reason;
  while (const auto value = search.next()) {
    const Outcome outcome = LoadRun(with_value(options, *value)).run(interrupted);
    if (interrupted) return 0;
    const Verdict verdict = judge(outcome, options.expectations);
    const Run run = judged(verdict);
    if (run != Run::held && *value <= search.broke().value_or(*value)) reason = why(verdict);
    if (!options.json_path.empty()) {
      runs.push_back(fmt::format("{{\"value\": {}, \"result\": {}}}", *value, verdict_json(outcome, verdict)));
    }
    if (text && !wsf::base::print_out(step_line(value_text(options, *value), outcome, verdict))) break;
    search.report(run);
  }
  const std::string result = json_of(options, search, runs);
  if (json.is_open()) json << result << std::flush;
  wsf::base::print_out(text ? knee_line(options, search, reason) : result);
  return static_cast<int>(search.held() ? wsf::base::Exit::ok : wsf::base::Exit::threshold_missed);
}

}  // namespace wsload
