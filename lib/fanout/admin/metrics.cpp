#include "fanout/admin/metrics.hpp"

#include "fanout/admin/auth_metrics.hpp"
#include "fanout/admin/kafka_metrics.hpp"
#include "fanout/admin/seed_families.hpp"
#include "fanout/admin/tls_metrics.hpp"
#include "fanout/admin/trace_metrics.hpp"
#include "fanout/feeds/log_feed.hpp"
#include "stats/process.hpp"

#include <array>
#include <string>

namespace wsf::fanout {
namespace {

// Of all services that read Kafka.
std::uint64_t sum_of_logs(const ServerView& server, stats::Counter FeedState::*which) {
  std::uint64_t total = 0;
  for (const Service* service : server.services) {
    if (const LogFeed* log = service->log()) total += (log->state().*which).value();
  }
  return total;
}

constexpr std::array kActuatorMetrics{
    ActuatorMetric{"websocket.sessions.active", "Current active sessions", "VALUE",
                   [](const ServerView& server) { return server.state.admitted.load(); }},
    ActuatorMetric{"websocket.subscriptions.total", "Total active subscriptions", "VALUE",
                   [](const ServerView& server) {
                     return static_cast<std::uint64_t>(sum(server.protocols, &ProtocolCounters::subscriptions));
                   }},
    ActuatorMetric{"websocket.messages.sent", "Total messages sent", "COUNT",
                   [](const ServerView& server) { return sum(server.sessions, &ws::SessionCounters::frames_sent); }},
    ActuatorMetric{"websocket.events.received", "Events received from the log", "COUNT",
                   [](const ServerView& server) {
                     return sum_of_logs(server, &FeedState::accepted) + sum_of_logs(server, &FeedState::history);
                   }},
};

std::string prometheus_name(std::string_view actuator_name) {
  std::string name(actuator_name);
  for (char& c : name) {
    if (c == '.') c = '_';
  }
  return name;
}

void append_seed_metrics(stats::Exposition& out, const ServerView& server) {
  for (const ActuatorMetric& metric : kActuatorMetrics) {
    out.family(prometheus_name(metric.name), metric.statistic == "COUNT" ? "counter" : "gauge", metric.description);
    out.sample({{"protocol", "fx-rates"}}, metric.value(server));
  }
  SeedFamilies families;
  for (const Service* service : server.services) service->add_to(families);
  families.append_to(out);
}

// Makes families of what shards count.
template <class Counters>
struct Families {
  stats::Exposition& out;
  const std::vector<const Counters*>& shards;

  template <class Metric>
  void gauge(std::string_view name, std::string_view help, Metric which) const {
    out.gauge(name, help, static_cast<double>(sum(shards, which)));
  }
  template <class Metric>
  void counter(std::string_view name, std::string_view help, Metric which) const {
    out.counter(name, help, sum(shards, which));
  }
};

using S = ws::SessionCounters;
using P = ProtocolCounters;
using R = ReceptionCounters;

struct ShardFamilies {
  Families<S> of_sessions;
  Families<P> of_protocols;
  Families<R> of_reception;
};

ShardFamilies families(stats::Exposition& out, const ServerView& server) {
  return {{out, server.sessions}, {out, server.protocols}, {out, server.reception}};
}

void append_connection_metrics(stats::Exposition& out, const ServerView& server) {
  const auto [of_sessions, of_protocols, of_reception] = families(out, server);
  of_sessions.gauge("wsfanout_connections", "Sockets, requests under way included", &S::connections);
  of_sessions.gauge("wsfanout_sessions", "Open WebSocket sessions", &S::open);
  of_sessions.gauge("wsfanout_compressed_sessions", "Open sessions that agreed to permessage-deflate",
                    &S::compressed_sessions);
  out.gauge("wsfanout_sessions_limit", "Most sessions that are let in",
            static_cast<double>(server.options.max_connections));
  of_protocols.gauge("wsfanout_subscriptions", "Pairs of session and key", &P::subscriptions);
  of_protocols.gauge("wsfanout_keys", "Keys with a subscriber or a last value, summed over shards", &P::keys);
  of_sessions.counter("wsfanout_accepted_total", "Connections accepted", &S::accepted);
  of_sessions.counter("wsfanout_upgrades_total", "Connections that became WebSocket sessions", &S::upgraded);
  of_sessions.counter("wsfanout_http_replies_total", "Requests answered by plain HTTP below status 400",
                      &S::http_replies);
  of_sessions.counter("wsfanout_refused_requests_total",
                      "Requests answered by status 400 and above, or never completed", &S::refused_requests);
  of_reception.counter("wsfanout_connection_limit_total", "Sessions closed with 1013 at the connection limit",
                       &R::over_connection_limit);
  of_reception.counter("wsfanout_user_connection_limit_total", "Sessions refused by --max-connections-per-user",
                       &R::over_user_limit);
  of_reception.counter("wsfanout_rate_limited_messages_total", "Messages not looked at, by --max-message-rate",
                       &R::over_message_rate);
  of_sessions.counter("wsfanout_heartbeat_timeouts_total", "Sessions that did not answer a ping",
                      &S::heartbeat_timeouts);
  of_sessions.counter("wsfanout_protocol_errors_total", "Sessions that broke the WebSocket protocol",
                      &S::protocol_errors);
  of_sessions.counter("wsfanout_io_errors_total", "Sockets that failed", &S::io_errors);
}

// Some of a proxy's clients are known by their requests only, and get an answer.
void append_shed_metrics(stats::Exposition& out, const ServerView& server) {
  out.family("wsfanout_shed_connections_total", "counter",
             "Connections reset, or answered 429, before a session began, by cause");
  for (std::size_t i = 0; i < kShedNames.size(); ++i) {
    std::uint64_t total = server.state.shed[i].value();
    if (static_cast<Shed>(i) == Shed::address) total += sum(server.reception, &R::over_address_limit);
    if (static_cast<Shed>(i) == Shed::address_rate) total += sum(server.reception, &R::over_address_rate);
    out.sample({{"cause", kShedNames[i]}}, total);
  }
  out.gauge("wsfanout_addresses", "Addresses that the limits for each know of",
            static_cast<double>(server.state.addresses.addresses()));
}

void append_close_metrics(stats::Exposition& out, const ServerView& server) {
  out.family("wsfanout_closes_total", "counter",
             "Sessions ended, by close code and reason: 1000 whatever code the client gave, other a lost connection");
  const std::size_t rows = protocol::kCloseTable.size();
  for (std::size_t row = 0; row <= rows; ++row) {
    std::uint64_t total = 0;
    for (const ReceptionCounters* shard : server.reception) total += shard->closes[row].value();
    const bool known = row < rows;
    const std::string code = known ? std::to_string(number(protocol::kCloseTable[row].code)) : "other";
    out.sample({{"code", code}, {"reason", known ? protocol::kCloseTable[row].reason : "other"}}, total);
  }
}

void append_delivery_metrics(stats::Exposition& out, const ServerView& server) {
  const auto [of_sessions, of_protocols, of_reception] = families(out, server);
  of_sessions.counter("wsfanout_messages_received_total", "Messages from clients", &S::messages_received);
  of_reception.counter("wsfanout_invalid_messages_total", "Messages from clients answered by an error",
                       &R::invalid_messages);
  of_sessions.counter("wsfanout_received_bytes_total", "Bytes from clients", &S::bytes_received);
  of_protocols.counter("wsfanout_events_broadcast_total", "Events that had subscribers, summed over shards",
                       &P::events_broadcast);
  of_protocols.counter("wsfanout_updates_queued_total", "Updates queued, one for each recipient", &P::updates_sent);
  of_sessions.counter("wsfanout_frames_sent_total", "Frames that sockets took, control frames included",
                      &S::frames_sent);
  of_sessions.counter("wsfanout_sent_bytes_total", "Bytes that sockets took", &S::bytes_sent);
  out.gauge("wsfanout_outbox_frames", "Frames waiting in all outboxes",
            static_cast<double>(sum(server.sessions, &S::outbox_frames)));
}

// The rungs of the slow-client rule, from the lowest.
void append_slow_client_metrics(stats::Exposition& out, const ServerView& server) {
  const Families<S> of_sessions{out, server.sessions};
  of_sessions.counter("wsfanout_frames_compressed_total",
                      "Updates compressed, each once on a shard however many sessions share it",
                      &S::frames_compressed);
  of_sessions.counter("wsfanout_writes_blocked_total", "Writes that a socket refused or cut", &S::blocked);
  of_sessions.counter("wsfanout_write_deadlines_missed_total", "Times that a socket took nothing for --write-timeout",
                      &S::write_deadlines_missed);
  out.gauge("wsfanout_conflating_sessions", "Sessions for which only the newest update of each pair waits",
            static_cast<double>(sum(server.sessions, &S::conflating_sessions)));
  of_sessions.counter("wsfanout_conflations_begun_total", "Times that a session began to conflate", &S::conflating);
  of_sessions.counter("wsfanout_updates_conflated_total", "Updates superseded before the socket took them",
                      &S::conflated);
  of_sessions.counter("wsfanout_updates_paused_total", "Updates that came for a session whose breaker was open",
                      &S::paused);
  constexpr std::array<const char*, hub::kBreakerStates> kStates{"closed", "open", "half_open"};
  out.family("wsfanout_breaker_sessions", "gauge", "Sessions by the state of their circuit breaker");
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    std::int64_t total = 0;
    for (const ws::SessionCounters* shard : server.sessions) total += shard->breaker_sessions[i].value();
    out.sample({{"state", kStates[i]}}, total);
  }
  out.family("wsfanout_breaker_transitions_total", "counter", "Times that a breaker came to a state");
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    std::uint64_t total = 0;
    for (const ws::SessionCounters* shard : server.sessions) total += shard->breaker_transitions[i].value();
    out.sample({{"to", kStates[i]}}, total);
  }
  of_sessions.counter("wsfanout_slow_consumers_closed_total", "Sessions closed with 4000", &S::slow_closed);
}

void append_stages(stats::Exposition& out, const ServerView& server) {
  std::vector<const stats::BucketHistogram*> kafka;
  std::vector<const stats::BucketHistogram*> hub;
  std::vector<const stats::BucketHistogram*> fanout;
  for (const Service* service : server.services) {
    if (const LogFeed* log = service->log()) kafka.push_back(&log->state().kafka_stage);
  }
  for (const StageTimes* stages : server.stages) {
    hub.push_back(&stages->hub());
    fanout.push_back(&stages->fanout());
  }
  out.family(
      "wsfanout_stage_seconds", "histogram",
      "kafka: from an event's timestamp to its receipt. hub: from there to the first write of a batch. fanout: "
      "from there to the end of the writes");
  out.histogram({{"stage", "kafka"}}, kafka);
  out.histogram({{"stage", "hub"}}, hub);
  out.histogram({{"stage", "fanout"}}, fanout);
}

bool broker_reachable(const ServerView& server) {
  bool reachable = false;
  for (const Service* service : server.services) {
    if (const LogFeed* log = service->log()) reachable |= log->state().broker_reachable.load();
  }
  return reachable;
}

void append_feed_metrics(stats::Exposition& out, const ServerView& server) {
  using F = FeedState;
  const auto counter = [&](auto name, auto help, auto which) { out.counter(name, help, sum_of_logs(server, which)); };
  out.gauge("wsfanout_ready", "1 when clients are served live prices",
            server.readiness() == Readiness::ready ? 1 : 0);
  out.gauge("wsfanout_broker_reachable", "1 when a broker answers", broker_reachable(server) ? 1 : 0);
  counter("wsfanout_records_total", "Records read from the log", &F::received);
  counter("wsfanout_events_total", "Valid events read live", &F::accepted);
  counter("wsfanout_history_events_total", "Valid events from before the start, read silently", &F::history);
  counter("wsfanout_tombstones_total", "Records without a value", &F::tombstones);
  counter("wsfanout_unkeyed_records_total", "Records without a key", &F::unkeyed);
  counter("wsfanout_feed_batches_total", "Batches posted to the shards", &F::batches);
  out.counter("wsfanout_feed_waits_total", "Times that a feed waited for a shard that was behind",
              server.state.feed_waits.load());
  out.family("wsfanout_poison_records_total", "counter", "Records skipped, by cause");
  for (std::size_t i = 0; i < protocol::kLogPoisonCount; ++i) {
    std::uint64_t total = 0;
    for (const Service* service : server.services) {
      if (const LogFeed* log = service->log()) total += log->state().poison[i].value();
    }
    out.sample({{"cause", protocol::name(static_cast<protocol::Poison>(i))}}, total);
  }
}

}  // namespace

std::span<const ActuatorMetric> actuator_metrics() {
  return kActuatorMetrics;
}

void append_metrics(stats::Exposition& out, const ServerView& server) {
  append_connection_metrics(out, server);
  append_shed_metrics(out, server);
  append_close_metrics(out, server);
  append_auth_metrics(out, server);
  append_tls_metrics(out, server);
  append_delivery_metrics(out, server);
  append_stages(out, server);
  append_slow_client_metrics(out, server);
  append_feed_metrics(out, server);
  append_kafka_metrics(out, server);
  append_trace_metrics(out, server);
  for (const Service* service : server.services) service->append_metrics(out);
  append_seed_metrics(out, server);
  stats::append_process_metrics(out);
}

}  // namespace wsf::fanout
