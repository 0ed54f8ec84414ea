#include "fanout/metrics.hpp"

#include "base/clock.hpp"
#include "fanout/auth_metrics.hpp"
#include "kafka/consumer.hpp"
#include "stats/process.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace wsf::fanout {
namespace {

using Shards = std::vector<ShardCounters>;

std::uint64_t sum(const Shards& shards, stats::Counter ws::SessionCounters::*which) {
  std::uint64_t total = 0;
  for (const ShardCounters& shard : shards) total += (shard.sessions->*which).value();
  return total;
}

std::int64_t sum(const Shards& shards, stats::Gauge ws::SessionCounters::*which) {
  std::int64_t total = 0;
  for (const ShardCounters& shard : shards) total += (shard.sessions->*which).value();
  return total;
}

std::uint64_t sum(const Shards& shards, stats::Counter ReceptionCounters::*which) {
  std::uint64_t total = 0;
  for (const ShardCounters& shard : shards) total += (shard.reception->*which).value();
  return total;
}

std::uint64_t sum(const Shards& shards, stats::Counter FxRatesCounters::*which) {
  std::uint64_t total = 0;
  for (const ShardCounters& shard : shards) total += (shard.fx_rates->*which).value();
  return total;
}

std::int64_t sum(const Shards& shards, stats::Gauge FxRatesCounters::*which) {
  std::int64_t total = 0;
  for (const ShardCounters& shard : shards) total += (shard.fx_rates->*which).value();
  return total;
}

std::uint64_t received_events(const ServerState& state) {
  return state.feed.accepted.value() + state.feed.history.value();
}

constexpr std::array kActuatorMetrics{
    ActuatorMetric{"websocket.sessions.active", "Current active sessions", "VALUE",
                   [](const Shards&, const ServerState& state) { return state.admitted.load(); }},
    ActuatorMetric{"websocket.subscriptions.total", "Total active subscriptions", "VALUE",
                   [](const Shards& shards, const ServerState&) {
                     return static_cast<std::uint64_t>(sum(shards, &FxRatesCounters::subscriptions));
                   }},
    ActuatorMetric{
        "websocket.messages.sent", "Total messages sent", "COUNT",
        [](const Shards& shards, const ServerState&) { return sum(shards, &ws::SessionCounters::frames_sent); }},
    ActuatorMetric{"websocket.events.received", "Events received from the log", "COUNT",
                   [](const Shards&, const ServerState& state) { return received_events(state); }},
};

std::string prometheus_name(std::string_view actuator_name) {
  std::string name(actuator_name);
  for (char& c : name) {
    if (c == '.') c = '_';
  }
  return name;
}

void append_seed_metrics(stats::Exposition& out, const ServerState& state, const Shards& shards) {
  for (const ActuatorMetric& metric : kActuatorMetrics) {
    out.family(prometheus_name(metric.name), metric.statistic == "COUNT" ? "counter" : "gauge", metric.description);
    out.sample({{"protocol", "fx-rates"}}, metric.value(shards, state));
  }
}

void append_connection_metrics(stats::Exposition& out, const Options& options, const Shards& shards) {
  using S = ws::SessionCounters;
  const auto gauge = [&](auto name, auto help, auto which) {
    out.gauge(name, help, static_cast<double>(sum(shards, which)));
  };
  const auto counter = [&](auto name, auto help, auto which) { out.counter(name, help, sum(shards, which)); };
  gauge("wsfanout_connections", "Sockets, requests under way included", &S::connections);
  gauge("wsfanout_sessions", "Open WebSocket sessions", &S::open);
  gauge("wsfanout_compressed_sessions", "Open sessions that agreed to permessage-deflate", &S::compressed_sessions);
  out.gauge("wsfanout_sessions_limit", "Most sessions that are let in", static_cast<double>(options.max_connections));
  gauge("wsfanout_subscriptions", "Pairs of session and key", &FxRatesCounters::subscriptions);
  gauge("wsfanout_keys", "Keys with a subscriber or a last value, summed over shards", &FxRatesCounters::keys);
  // Each shard holds the same batches: one shard's word is the truth of all.
  const FxRatesCounters* any = shards.empty() ? nullptr : shards.front().fx_rates;
  out.gauge("wsfanout_history_updates", "Events that clients can resume from",
            any == nullptr ? 0 : static_cast<double>(any->history_updates.value()));
  out.gauge("wsfanout_history_bytes", "Memory of these events",
            any == nullptr ? 0 : static_cast<double>(any->history_bytes.value()));
  gauge("wsfanout_stale_pairs", "Subscribed pairs that are silent for too long or without a feed, summed over shards",
        &FxRatesCounters::stale_pairs);
  std::int64_t oldest_ms = 0;
  for (const ShardCounters& shard : shards)
    oldest_ms = std::max(oldest_ms, shard.fx_rates->oldest_pair_age_ms.value());
  out.gauge("wsfanout_oldest_pair_age_seconds",
            "Time since the last event of the subscribed pair that has been silent longest, renewed each second",
            static_cast<double>(oldest_ms) / 1e3);
  counter("wsfanout_resumes_recovered_total", "Pairs resumed with all that was missed", &FxRatesCounters::recovered);
  counter("wsfanout_resumes_gap_total", "Pairs resumed with a gap and a snapshot", &FxRatesCounters::gaps);
  counter("wsfanout_gaps_told_total", "Gaps told to sessions because the log lost events",
          &FxRatesCounters::gaps_told);
  counter("wsfanout_accepted_total", "Connections accepted", &S::accepted);
  counter("wsfanout_upgrades_total", "Connections that became WebSocket sessions", &S::upgraded);
  counter("wsfanout_http_replies_total", "Requests answered by plain HTTP below status 400", &S::http_replies);
  counter("wsfanout_refused_requests_total", "Requests answered by status 400 and above, or never completed",
          &S::refused_requests);
  counter("wsfanout_connection_limit_total", "Sessions closed with 1013 at the connection limit",
          &ReceptionCounters::over_connection_limit);
  counter("wsfanout_user_connection_limit_total", "Sessions refused by --max-connections-per-user",
          &ReceptionCounters::over_user_limit);
  counter("wsfanout_rate_limited_messages_total", "Messages not looked at, by --max-message-rate",
          &ReceptionCounters::over_message_rate);
  counter("wsfanout_heartbeat_timeouts_total", "Sessions that did not answer a ping", &S::heartbeat_timeouts);
  counter("wsfanout_protocol_errors_total", "Sessions that broke the WebSocket protocol", &S::protocol_errors);
  counter("wsfanout_io_errors_total", "Sockets that failed", &S::io_errors);
}

void append_close_metrics(stats::Exposition& out, const Shards& shards) {
  out.family("wsfanout_closes_total", "counter",
             "Sessions ended, by close code and reason: 1000 whatever code the client gave, other a lost connection");
  const std::size_t rows = protocol::kCloseTable.size();
  for (std::size_t row = 0; row <= rows; ++row) {
    std::uint64_t total = 0;
    for (const ShardCounters& shard : shards) total += shard.reception->closes[row].value();
    const bool known = row < rows;
    const std::string code = known ? std::to_string(number(protocol::kCloseTable[row].code)) : "other";
    out.sample({{"code", code}, {"reason", known ? protocol::kCloseTable[row].reason : "other"}}, total);
  }
}

void append_delivery_metrics(stats::Exposition& out, const Shards& shards) {
  using S = ws::SessionCounters;
  const auto counter = [&](auto name, auto help, auto which) { out.counter(name, help, sum(shards, which)); };
  counter("wsfanout_messages_received_total", "Messages from clients", &S::messages_received);
  counter("wsfanout_invalid_messages_total", "Messages from clients answered by an error",
          &ReceptionCounters::invalid_messages);
  counter("wsfanout_received_bytes_total", "Bytes from clients", &S::bytes_received);
  counter("wsfanout_events_broadcast_total", "Events that had subscribers, summed over shards",
          &FxRatesCounters::events_broadcast);
  counter("wsfanout_updates_queued_total", "Updates queued, one for each recipient", &FxRatesCounters::updates_sent);
  counter("wsfanout_frames_sent_total", "Frames that sockets took, control frames included", &S::frames_sent);
  counter("wsfanout_sent_bytes_total", "Bytes that sockets took", &S::bytes_sent);
  out.gauge("wsfanout_held_updates",
            "Updates that wait for their client's maxRateHz, at most one for each subscription",
            static_cast<double>(sum(shards, &FxRatesCounters::held_updates)));
  counter("wsfanout_updates_left_out_by_rate_total", "Updates superseded while maxRateHz held them back",
          &FxRatesCounters::left_out_by_rate);
  out.gauge("wsfanout_outbox_frames", "Frames waiting in all outboxes",
            static_cast<double>(sum(shards, &S::outbox_frames)));
}

// The rungs of the slow-client rule, from the lowest.
void append_slow_client_metrics(stats::Exposition& out, const Shards& shards) {
  using S = ws::SessionCounters;
  const auto counter = [&](auto name, auto help, auto which) { out.counter(name, help, sum(shards, which)); };
  counter("wsfanout_frames_compressed_total",
          "Updates compressed, each once on a shard however many sessions share it", &S::frames_compressed);
  counter("wsfanout_writes_blocked_total", "Writes that a socket refused or cut", &S::blocked);
  counter("wsfanout_write_deadlines_missed_total", "Times that a socket took nothing for --write-timeout",
          &S::write_deadlines_missed);
  out.gauge("wsfanout_conflating_sessions", "Sessions for which only the newest update of each pair waits",
            static_cast<double>(sum(shards, &S::conflating_sessions)));
  counter("wsfanout_conflations_begun_total", "Times that a session began to conflate", &S::conflating);
  counter("wsfanout_updates_conflated_total", "Updates superseded before the socket took them", &S::conflated);
  counter("wsfanout_updates_paused_total", "Updates that came for a session whose breaker was open", &S::paused);
  constexpr std::array<const char*, hub::kBreakerStates> kStates{"closed", "open", "half_open"};
  out.family("wsfanout_breaker_sessions", "gauge", "Sessions by the state of their circuit breaker");
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    std::int64_t total = 0;
    for (const ShardCounters& shard : shards) total += shard.sessions->breaker_sessions[i].value();
    out.sample({{"state", kStates[i]}}, total);
  }
  out.family("wsfanout_breaker_transitions_total", "counter", "Times that a breaker came to a state");
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    std::uint64_t total = 0;
    for (const ShardCounters& shard : shards) total += shard.sessions->breaker_transitions[i].value();
    out.sample({{"to", kStates[i]}}, total);
  }
  counter("wsfanout_slow_consumers_closed_total", "Sessions closed with 4000", &S::slow_closed);
}

void append_stages(stats::Exposition& out, const ServerState& state, const Shards& shards) {
  std::vector<const stats::BucketHistogram*> hub;
  std::vector<const stats::BucketHistogram*> fanout;
  for (const ShardCounters& shard : shards) {
    hub.push_back(&shard.stages->hub());
    fanout.push_back(&shard.stages->fanout());
  }
  out.family(
      "wsfanout_stage_seconds", "histogram",
      "kafka: from an event's timestamp to its receipt. hub: from there to the first write of a batch. fanout: "
      "from there to the end of the writes");
  out.histogram({{"stage", "kafka"}}, {&state.feed.kafka_stage});
  out.histogram({{"stage", "hub"}}, hub);
  out.histogram({{"stage", "fanout"}}, fanout);
}

void append_feed_metrics(stats::Exposition& out, const ServerState& state) {
  const FeedCounters& feed = state.feed;
  out.gauge("wsfanout_ready", "1 when clients are served live prices", state.readiness() == Readiness::ready ? 1 : 0);
  out.gauge("wsfanout_broker_reachable", "1 when a broker answers", state.broker_reachable ? 1 : 0);
  out.counter("wsfanout_records_total", "Records read from the log", feed.received.value());
  out.counter("wsfanout_events_total", "Valid events read live", feed.accepted.value());
  out.counter("wsfanout_history_events_total", "Valid events from before the start, read silently",
              feed.history.value());
  out.counter("wsfanout_tombstones_total", "Records without a value", feed.tombstones.value());
  out.counter("wsfanout_unkeyed_records_total", "Records without a key", feed.unkeyed.value());
  out.counter("wsfanout_feed_batches_total", "Batches posted to the shards", feed.batches.value());
  out.counter("wsfanout_feed_waits_total", "Times that the feed waited for a shard that was behind",
              feed.waits.value());
  out.family("wsfanout_poison_records_total", "counter", "Records skipped, by cause");
  for (std::size_t i = 0; i < protocol::kPoisonCount; ++i) {
    out.sample({{"cause", protocol::name(static_cast<protocol::Poison>(i))}}, feed.poison[i].value());
  }
}

void append_consumer_metrics(stats::Exposition& out, const kafka::Consumer* consumer) {
  const kafka::ConsumerCounters counters = consumer == nullptr ? kafka::ConsumerCounters{} : consumer->counters();
  out.counter("wsfanout_kafka_duplicates_total", "Records read again and left out", counters.duplicates);
  out.counter("wsfanout_kafka_broker_changes_total", "Times that the broker was lost or came back",
              counters.broker_changes);
  out.counter("wsfanout_kafka_resets_total", "Positions found outside the log", counters.resets);
  out.counter("wsfanout_kafka_stalls_total", "Consumption begun again by the watchdog", counters.stalls);
  out.counter("wsfanout_kafka_commits_total", "Commits acknowledged", counters.commits);
}

// A family of one sample for each partition.
template <class Value>
void append_partitions(stats::Exposition& out, std::string_view topic,
                       const std::vector<kafka::PartitionProgress>& partitions, std::string_view name,
                       std::string_view help, Value value) {
  out.family(name, "gauge", help);
  for (const kafka::PartitionProgress& partition : partitions) {
    out.sample({{"topic", topic}, {"partition", std::to_string(partition.partition)}}, value(partition));
  }
}

double lag_s(const kafka::PartitionProgress& partition, std::int64_t now_ms) {
  if (partition.lag() == 0) return 0;
  return static_cast<double>(std::max<std::int64_t>(0, now_ms - partition.read_ms)) / 1000;
}

void append_partition_metrics(stats::Exposition& out, std::string_view topic, const kafka::Consumer* consumer) {
  const auto partitions = consumer == nullptr ? std::vector<kafka::PartitionProgress>{} : consumer->progress();
  append_partitions(out, topic, partitions, "wsfanout_partition_lag_messages",
                    "Records between position and head of each partition",
                    [](const auto& partition) { return partition.lag(); });
  append_partitions(out, topic, partitions, "wsfanout_partition_lag_seconds",
                    "Age of the last record read while more of them wait, 0 at the head",
                    [now_ms = base::epoch_ms()](const auto& partition) { return lag_s(partition, now_ms); });
  append_partitions(out, topic, partitions, "wsfanout_partition_epoch", "How often the partition's log was made anew",
                    [](const auto& partition) { return static_cast<std::int64_t>(partition.epoch); });
}

}  // namespace

std::span<const ActuatorMetric> actuator_metrics() {
  return kActuatorMetrics;
}

void append_metrics(stats::Exposition& out, const Options& options, const ServerState& state, const Shards& shards,
                    const kafka::Consumer* consumer, const auth::KeyStore* keys) {
  append_connection_metrics(out, options, shards);
  append_close_metrics(out, shards);
  append_auth_metrics(out, shards, keys);
  append_delivery_metrics(out, shards);
  append_stages(out, state, shards);
  append_slow_client_metrics(out, shards);
  append_feed_metrics(out, state);
  append_consumer_metrics(out, consumer);
  append_partition_metrics(out, options.topic, consumer);
  append_seed_metrics(out, state, shards);
  stats::append_process_metrics(out);
}

}  // namespace wsf::fanout
