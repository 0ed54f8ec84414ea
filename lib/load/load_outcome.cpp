// What a run that has ended amounts to. All threads are joined: everything may be read.

#include "load/load_run.hpp"

#include <algorithm>

namespace wsf::load {
namespace {

constexpr double kUsPerMs = 1e3;
constexpr double kNsPerS = 1e9;

}  // namespace

ConnectionsOutcome LoadRun::connections_outcome() const {
  ConnectionsOutcome out = outcome_.connections;
  stats::Histogram connect = swarms_.front()->connect_ns();
  out.wanted = plan_.connections;
  for (std::size_t i = 0; i < swarms_.size(); i++) {
    const SwarmProgress& swarm = swarms_[i]->progress();
    out.subscribed += swarm.subscribed.value();
    out.failed += swarm.failed.value();
    out.closed += swarm.closed.value();
    if (swarm.close_code != 0) out.close_code = swarm.close_code;
    if (i > 0) connect.merge(swarms_[i]->connect_ns());
    if (const auto failure = swarms_[i]->first_failure(); failure && out.first_failure.empty()) {
      out.first_failure = failure->line;
    }
  }
  out.connect = quantiles_of(connect);
  return out;
}

// How many events of each key the window holds: what we published, or, when listening, the span of the numbers that
// any connection saw. An event that nobody got shows there only if a later one of its key arrived. When the server
// has gone away, the publishing ended early: what was planned for the rest of the window is owed as well.
std::vector<std::uint64_t> LoadRun::events_of_each_key() const {
  if (feed_) return outcome_.ended_by_server ? feed_->planned_window_events() : feed_->window_events();
  std::vector<std::uint64_t> out(plan_.keys);
  for (std::uint32_t key = 0; key < plan_.keys; key++) {
    SeqRange all;
    for (const auto& tally : tallies_) all.merge(tally->ranges()[key]);
    out[key] = all.size();
  }
  return out;
}

DeliveryOutcome LoadRun::delivery_outcome() const {
  DeliveryOutcome out = outcome_.delivery;
  stats::Histogram latency_ns = tallies_.front()->latency_ns();
  for (std::size_t i = 0; i < tallies_.size(); i++) {
    if (i > 0) latency_ns.merge(tallies_[i]->latency_ns());
    out.counts.add(tallies_[i]->counts());
    out.all_delivered += tallies_[i]->all_delivered().value();
  }
  out.latency = disturbances_.empty() ? quantiles_of(latency_ns) : quantiles_of(undisturbed().latency_us, kUsPerMs);
  out.received = out.counts.delivered;
  compare_each_connection(events_of_each_key(), out);
  return out;
}

void LoadRun::compare_each_connection(const std::vector<std::uint64_t>& events_of_key, DeliveryOutcome& out) const {
  for (std::uint32_t connection = 0; connection < plan_.connections; connection++) {
    if (plan_.is_slow(connection)) continue;
    const std::uint64_t expected = dialect_->owed_to(connection, events_of_key);
    out.expected += expected;
    const std::uint64_t received = tallies_[connection % tallies_.size()]->received(connection);
    if (received >= expected) continue;
    out.short_connections++;
    if (expected - received <= out.worst_missing) continue;
    out.worst_missing = expected - received;
    out.worst_connection = connection;
  }
}

Quantiles LoadRun::read_wait() const {
  stats::Histogram out = tallies_.front()->read_wait_ns();
  for (std::size_t i = 1; i < tallies_.size(); i++) out.merge(tallies_[i]->read_wait_ns());
  return quantiles_of(out);
}

PublisherOutcome LoadRun::publisher_outcome() const {
  PublisherOutcome out{.confirmed = feed_->confirmed(),
                       .failed = feed_->failed(),
                       .unheard = feed_->unheard(),
                       .last_error = feed_->last_error(),
                       .lateness = feed_->lateness(),
                       .max_lateness_ms = std::chrono::duration<double, std::milli>(options_.max_lateness).count()};
  for (const std::uint64_t events : feed_->window_events()) out.window_events += events;
  return out;
}

std::vector<EventTimes> LoadRun::merged_event_times() const {
  std::vector<EventTimes> out = tallies_.front()->event_times();
  for (std::size_t i = 1; i < tallies_.size(); i++) {
    for (std::size_t at = 0; at < out.size(); at++) {
      const EventTimes& other = tallies_[i]->event_times()[at];
      if (other.due_ns == 0) continue;
      if (out[at].due_ns != other.due_ns || out[at].key != other.key) {
        if (other.due_ns > out[at].due_ns) out[at] = other;
        continue;
      }
      out[at].first_ns = std::min(out[at].first_ns, other.first_ns);
      out[at].last_ns = std::max(out[at].last_ns, other.last_ns);
    }
  }
  return out;
}

StagesOutcome LoadRun::stages_outcome() const {
  constexpr std::uint64_t highest_ns = std::uint64_t{60} * 1'000'000'000;
  stats::Histogram broker(highest_ns), server(highest_ns), fan_out(highest_ns);
  const auto positive = [](std::int64_t ns) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, ns)); };
  for (const EventTimes& event : merged_event_times()) {
    if (event.due_ns == 0 || disturbed(event.due_ns, event.due_ns + 1)) continue;
    fan_out.record(positive(event.last_ns - event.first_ns));
    if (!feed_) continue;
    const Confirmation& confirmation = feed_->confirmation(event.key, event.seq);
    const bool known =
        confirmation.confirmed_ns != 0 && confirmation.key == event.key && confirmation.seq == event.seq;
    if (!known) continue;
    broker.record(positive(confirmation.confirmed_ns - event.due_ns));
    server.record(positive(event.first_ns - confirmation.confirmed_ns));
  }
  const Timeline::Slot told = undisturbed();
  return {.broker = quantiles_of(broker),
          .server = quantiles_of(server),
          .fan_out = quantiles_of(fan_out),
          .logged_to_sent = quantiles_of(told.logged_to_sent_ms, 1),
          .sent_to_received = quantiles_of(told.sent_to_received_ms, 1)};
}

void LoadRun::fill_plots() {
  for (std::size_t i = 0; i < timeline_.size(); i++) {
    if (timeline_.get(i) == nullptr) continue;
    const double at_s = static_cast<double>(i) * static_cast<double>(timeline_.slot_ns()) / kNsPerS;
    outcome_.over_time.push_back({at_s, quantiles_of(timeline_.get(i)->latency_us, kUsPerMs)});
  }
  const Timeline::Slot all = undisturbed();
  if (all.latency_us.count() == 0) return;
  for (double rest = 1; rest * static_cast<double>(all.latency_us.count()) >= 1 && rest > 1e-6; rest *= 0.8) {
    const double q = 1 - rest;
    outcome_.percentiles.emplace_back(q, static_cast<double>(all.latency_us.quantile(q)) / kUsPerMs);
  }
}

std::optional<ChainCounts> LoadRun::chains_outcome() const {
  if (tallies_.front()->chains() == nullptr) return std::nullopt;
  ChainCounts out;
  for (const auto& tally : tallies_) out.add(*tally->chains());
  return out;
}

// Once the load's connections have left the server the room for others.
std::optional<DocumentsOutcome> LoadRun::documents_outcome() {
  const auto start_ns = tallies_.front()->start_ns();
  if (tallies_.front()->states() == nullptr || !start_ns || *interrupted_ || outcome_.ended_by_server)
    return std::nullopt;
  StateLedgers states;
  for (const auto& tally : tallies_) {
    tally->states()->check_all(*start_ns);
    states.push_back(tally->states());
  }
  return dialect_->compare_states(options_.route, states, *start_ns);
}

std::optional<StormOutcome> LoadRun::storm_outcome() const {
  if (storm_at_ns_ == 0) return std::nullopt;
  StormOutcome out{.lost = storm_lost_, .back_s = std::nullopt, .retried = 0, .connect = {}};
  if (storm_back_ns_ != 0) out.back_s = static_cast<double>(storm_back_ns_ - storm_at_ns_) / kNsPerS;
  stats::Histogram connect = swarms_.front()->return_ns();
  for (std::size_t i = 0; i < swarms_.size(); i++) {
    if (i > 0) connect.merge(swarms_[i]->return_ns());
    out.retried += swarms_[i]->progress().retried.value();
  }
  out.connect = quantiles_of(connect);
  return out;
}

std::optional<StalledOutcome> LoadRun::stalled_outcome() const {
  if (plan_.slow == 0) return std::nullopt;
  StalledOutcome out{.wanted = plan_.slow, .stalled = 0, .closed_as_slow = 0, .closed_otherwise = 0};
  for (const auto& swarm : swarms_) {
    out.stalled += swarm->progress().stalled.value();
    out.closed_as_slow += swarm->progress().stalled_closed_as_slow.value();
    out.closed_otherwise += swarm->progress().stalled_closed_otherwise.value();
  }
  return out;
}

}  // namespace wsf::load
