#include "load/outcome.hpp"

#include <nlohmann/json.hpp>

namespace wsf::load {
namespace {

using Json = nlohmann::ordered_json;

// null where there was no sample to measure.
Json measured(std::uint64_t samples, double value) {
  return samples > 0 ? Json(value) : Json(nullptr);
}
Json measured(const std::optional<double>& value) {
  return measured(value.has_value(), value.value_or(0));
}

Json of(const Quantiles& q) {
  const auto ms = [&q](double value) { return measured(q.count, value); };
  return {{"count", q.count},       {"p50_ms", ms(q.p50_ms)}, {"p90_ms", ms(q.p90_ms)},
          {"p95_ms", ms(q.p95_ms)}, {"p99_ms", ms(q.p99_ms)}, {"max_ms", ms(q.max_ms)}};
}

Json of(const Lateness& late) {
  const auto ms = [&late](double value) { return measured(late.count, value); };
  return {{"p50", ms(late.p50_ms)}, {"p99", ms(late.p99_ms)}, {"max", ms(late.max_ms)}};
}

Json of(const ConnectionsOutcome& c) {
  return {{"wanted", c.wanted},      {"subscribed", c.subscribed},
          {"failed", c.failed},      {"first_failure", c.first_failure},
          {"closed", c.closed},      {"close_code", c.close_code},
          {"away", c.away},          {"ramp_s", c.ramp_s},
          {"connect", of(c.connect)}};
}

Json of(const DeliveryOutcome& d) {
  return {{"expected", d.expected},
          {"received", d.received},
          {"lost", d.lost()},
          {"reach_percent", measured(d.expected, d.reach_percent())},
          {"short_connections", d.short_connections},
          {"worst_connection", d.worst_connection},
          {"worst_missing", d.worst_missing},
          {"duplicates", d.counts.duplicates},
          {"out_of_order", d.counts.late},
          {"holes", d.counts.holes},
          {"unexpected", d.counts.unexpected},
          {"foreign", d.counts.foreign},
          {"unmarked", d.counts.unmarked},
          {"delivered_with_warmup", d.all_delivered},
          {"superseded", d.counts.superseded},
          {"bytes", d.bytes},
          {"window_bytes", d.window_bytes},
          {"window_messages", d.window_messages}};
}

Json of(const std::optional<ServerOutcome>& s) {
  if (!s) return nullptr;
  return {{"pid", s->pid},
          {"gone", s->gone},
          {"rss_before_bytes", s->rss_before_bytes},
          {"rss_idle_bytes", s->rss_idle_bytes},
          {"rss_max_bytes", s->rss_max_bytes},
          {"rss_growth_bytes", s->rss_growth_bytes ? Json(*s->rss_growth_bytes) : Json(nullptr)},
          {"ramp_cpu_s", s->ramp_cpu_s},
          {"run_cpu_s", measured(!s->gone, s->run_cpu_s)},
          {"window_cpu_share", measured(!s->gone, s->window_cpu_share)}};
}

Json of(const GeneratorOutcome& g) {
  return {{"cpu_share", g.cpu_share},
          {"busiest_thread_share", g.busiest_thread_share},
          {"busiest_wait_share", g.busiest_wait_share},
          {"read_wait_ms", of(g.read_wait)},
          {"rss_bytes", g.rss_bytes},
          {"threads", g.threads}};
}

Json of(const std::optional<PublisherOutcome>& p) {
  if (!p) return nullptr;
  return {{"window_events", p->window_events},
          {"confirmed", p->confirmed},
          {"failed", p->failed},
          {"unheard", p->unheard},
          {"last_error", p->last_error},
          {"late_ms", of(p->lateness)},
          {"max_late_ms", p->max_lateness_ms}};
}

Json of(const StagesOutcome& stages, const std::string& broker) {
  return {{broker == "Redis" ? "redis" : "kafka", of(stages.broker)},
          {"server", of(stages.server)},
          {"fan_out", of(stages.fan_out)},
          {"logged_to_sent", of(stages.logged_to_sent)},
          {"sent_to_received", of(stages.sent_to_received)}};
}

Json of(const std::optional<ChainCounts>& chains) {
  if (!chains) return nullptr;
  return {{"links", chains->links},
          {"breaks", chains->breaks},
          {"first_break", chains->first_break},
          {"conflated", chains->conflated},
          {"gaps", chains->gaps},
          {"resumed", chains->resumed},
          {"begun_anew", chains->begun_anew},
          {"without_meta", chains->without_meta}};
}

Json of(const DocumentsOutcome::Part& part) {
  return {{"compared", part.compared}, {"equal", part.equal}};
}

Json of(const std::optional<DocumentsOutcome>& documents) {
  if (!documents) return nullptr;
  return {{"unequal", documents->of_readers.compared - documents->of_readers.equal},
          {"readers", of(documents->of_readers)},
          {"slow", of(documents->of_slow)},
          {"first_difference", documents->first_difference},
          {"failure", documents->failure}};
}

Json of(const std::vector<TimeSlot>& slots) {
  Json out = Json::array();
  for (const TimeSlot& slot : slots) out.push_back({{"at_s", slot.at_s}, {"latency", of(slot.latency)}});
  return out;
}

Json of(const std::vector<Sample>& samples) {
  Json out = Json::array();
  for (const Sample& sample : samples) {
    out.push_back({{"at_s", sample.at_s},
                   {"live", sample.live},
                   {"delivered", sample.delivered},
                   {"server_rss_bytes", sample.server_rss_bytes},
                   {"server_cpu_share", sample.server_cpu_share}});
  }
  return out;
}

Json of(const std::vector<Disturbance>& disturbances) {
  Json out = Json::array();
  for (const Disturbance& one : disturbances) {
    out.push_back(
        {{"kind", name_of(one.kind)}, {"from_s", one.from_s}, {"to_s", one.to_s}, {"latency", of(one.latency)}});
  }
  return out;
}

Json of(const std::optional<StormOutcome>& storm) {
  if (!storm) return nullptr;
  return {{"lost", storm->lost},
          {"back_s", measured(storm->back_s)},
          {"retried", storm->retried},
          {"connect", of(storm->connect)}};
}

Json of(const std::optional<ServerCounters>& counters) {
  if (!counters) return nullptr;
  return {{"sessions", counters->sessions}, {"subscriptions", counters->subscriptions}};
}

Json of(const std::optional<ChurnOutcome>& churn) {
  if (!churn) return nullptr;
  return {{"wanted_per_s", churn->wanted_per_s},
          {"reached_per_s", churn->reached_per_s},
          {"opened", churn->opened},
          {"completed", churn->completed},
          {"failed", churn->failed},
          {"first_failure", churn->first_failure},
          {"connect", of(churn->connect)},
          {"server_before", of(churn->before)},
          {"server_after", of(churn->after)}};
}

Json of(const std::optional<StalledOutcome>& stalled) {
  if (!stalled) return nullptr;
  return {{"wanted", stalled->wanted},
          {"stalled", stalled->stalled},
          {"closed_as_slow", stalled->closed_as_slow},
          {"closed_otherwise", stalled->closed_otherwise}};
}

Json of(const std::vector<Checked>& checks) {
  Json out = Json::array();
  for (const Checked& check : checks) {
    Json item = {{"expect", check.expectation.text}, {"met", check.met}, {"measured", nullptr}};
    if (check.measured) item["measured"] = *check.measured;
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace

const char* name_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::pass:
      return "PASS";
    case Verdict::Kind::fail:
      return "FAIL";
    case Verdict::Kind::invalid:
      break;
  }
  return "VOID";
}

std::string verdict_json(const Outcome& outcome, const Verdict& verdict) {
  const Json json = {{"verdict", name_of(verdict.kind)},
                     {"void_reasons", verdict.void_reasons},
                     {"interrupted", outcome.interrupted},
                     {"ended_by_server", outcome.ended_by_server},
                     {"checks", of(verdict.checks)},
                     {"protocol", outcome.protocol},
                     {"url", outcome.url},
                     {"run", outcome.run},
                     {"listening", outcome.listening},
                     {"window_from_ns", outcome.window_from_ns},
                     {"window_to_ns", outcome.window_to_ns},
                     {"window_s", outcome.window_s},
                     {"run_s", outcome.run_s},
                     {"connections", of(outcome.connections)},
                     {"deliveries", of(outcome.delivery)},
                     {"latency", of(outcome.delivery.latency)},
                     {"stages", of(outcome.stages, outcome.broker)},
                     {"disturbances", of(outcome.disturbances)},
                     {"over_time", of(outcome.over_time)},
                     {"samples", of(outcome.samples)},
                     {"chains", of(outcome.chains)},
                     {"documents", of(outcome.documents)},
                     {"bandwidth_mb_per_min", measured(mb_per_minute(outcome))},
                     {"storm", of(outcome.storm)},
                     {"stalled", of(outcome.stalled)},
                     {"churn", of(outcome.churn)},
                     {"server", of(outcome.server)},
                     {"generator", of(outcome.generator)},
                     {"publisher", of(outcome.publisher)}};
  // A text out of the network (first_failure) may hold anything.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wsf::load
