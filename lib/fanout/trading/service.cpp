#include "fanout/trading/service.hpp"

#include "fanout/admin/seed_families.hpp"
#include "fanout/server_view.hpp"
#include "fanout/trading/trading.hpp"
#include "kafka/consumer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

namespace wsf::fanout {
namespace {

constexpr std::string_view kName = "trading";

ws::HttpReply status(int code, std::string_view text) {
  return {code, "application/json", fmt::format(R"({{"status":"{}"}})", text) + "\n", {}};
}

}  // namespace

TradingService::TradingService(TradingOptions options)
    : Service(options.route),
      options_(std::move(options)),
      log_(fmt::format("{}", fmt::join(options_.topics, ","))),
      buffer_({options_.history, options_.history_bytes, options_.history_age.count()}) {}

std::unique_ptr<Protocol> TradingService::make_protocol(Reception& reception) {
  auto protocol = std::make_unique<Trading>(options_, buffer_, reception, route());
  shards_.push_back(&protocol->counters());
  return protocol;
}

void TradingService::start(Post post) {
  feed_.emplace(options_.max_event_bytes, log_.state(), buffer_, std::move(post), tracer());
  kafka::ConsumerOptions consumer;
  consumer.traceparents = tracer() != nullptr;
  consumer.connection = options_.kafka;
  consumer.topics = options_.topics;
  consumer.group = options_.group;
  log_.start(consumer, *feed_);
}

std::string TradingService::summary() const {
  return fmt::format("from topics={} brokers={} group={}", log_.topics(), kafka::brokers_of(options_.kafka),
                     options_.group);
}

std::vector<Component> TradingService::components() const {
  return {{"kafka", log_.state().broker_reachable}};
}

std::optional<ws::HttpReply> TradingService::page(std::string_view path, Readiness now) const {
  if (path == "/health") return status(200, "ok");
  if (path != "/ready") return std::nullopt;
  switch (now) {
    case Readiness::ready:
      return status(200, "ready");
    case Readiness::degraded:
      return status(200, "degraded");
    default:
      return status(503, "not ready");
  }
}

void TradingService::append_metrics(stats::Exposition& out) const {
  using T = TradingCounters;
  out.counter("wsfanout_trading_replayed_total", "Events sent to clients that came back with since",
              sum(shards_, &T::replayed));
  out.counter("wsfanout_trading_gaps_total", "Gaps told to clients that came back too late", sum(shards_, &T::gaps));
  out.gauge("wsfanout_trading_buffered_events", "Events kept for clients that come back",
            static_cast<double>(buffer_.events()));
  out.gauge("wsfanout_trading_buffered_bytes", "Memory of these events", static_cast<double>(buffer_.bytes()));
}

void TradingService::add_to(SeedFamilies& families) const {
  using T = TradingCounters;
  const auto add = [&](auto name, auto type, auto help, auto value) {
    families.add(name, type, help, [value](stats::Exposition& out) { out.sample({{"protocol", kName}}, value); });
  };
  add("websocket_connections_total", "gauge", "Active connections", sum(shards_, &T::connections));
  add("websocket_messages_sent_total", "counter", "Messages sent to clients", sum(shards_, &T::messages_sent));
  add("websocket_messages_received_total", "counter", "Messages received from clients",
      sum(shards_, &T::messages_received));
  add("websocket_kafka_messages_processed_total", "counter", "Kafka events processed", log_.state().received.value());
  add("websocket_heartbeat_failures_total", "counter", "Failed heartbeats", sum(shards_, &T::heartbeat_failures));

  std::map<std::string, std::int64_t> lags;
  if (log_.consumer() != nullptr) {
    for (const kafka::PartitionProgress& one : log_.consumer()->progress()) lags[one.topic] += one.lag();
  }
  families.add("websocket_kafka_consumer_lag", "gauge", "Consumer lag per topic", [lags](stats::Exposition& out) {
    for (const auto& [topic, lag] : lags) out.sample({{"protocol", kName}, {"topic", topic}}, lag);
  });
  std::vector<const stats::BucketHistogram*> durations;
  for (const T* shard : shards_) durations.push_back(&shard->connection_duration);
  families.add("websocket_connection_duration_seconds", "histogram", "Connection duration",
               [durations](stats::Exposition& out) {
                 out.histogram({{"protocol", kName}}, durations);
               });
}

}  // namespace wsf::fanout
