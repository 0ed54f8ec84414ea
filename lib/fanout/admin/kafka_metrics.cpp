#include "fanout/admin/kafka_metrics.hpp"

#include "base/clock.hpp"
#include "fanout/feeds/log_feed.hpp"
#include "kafka/consumer.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace wsf::fanout {
namespace {

using Partitions = std::vector<kafka::PartitionProgress>;

// Of those that have a broker.
std::vector<const LogFeed*> running_logs(const ServerView& server) {
  std::vector<const LogFeed*> found;
  for (const Service* service : server.services) {
    const LogFeed* const log = service->log();
    if (log != nullptr && log->consumer() != nullptr) found.push_back(log);
  }
  return found;
}

Partitions partitions_of(const ServerView& server) {
  Partitions found;
  for (const LogFeed* log : running_logs(server)) {
    for (const kafka::PartitionProgress& one : log->consumer()->progress()) found.push_back(one);
  }
  return found;
}

// A family of one sample for each partition.
template <class Value>
void append_partitions(stats::Exposition& out, const Partitions& partitions, std::string_view name,
                       std::string_view help, Value value) {
  out.family(name, "gauge", help);
  for (const kafka::PartitionProgress& one : partitions) {
    out.sample({{"topic", one.topic}, {"partition", std::to_string(one.partition)}}, value(one));
  }
}

double lag_s(const kafka::PartitionProgress& partition, std::int64_t now_ms) {
  if (partition.lag() == 0) return 0;
  return static_cast<double>(std::max<std::int64_t>(0, now_ms - partition.read_ms)) / 1000;
}

void append_breakers(stats::Exposition& out, const std::vector<kafka::ConsumerCounters>& consumers) {
  constexpr std::array<const char*, kafka::kBreakerStates> kStates{"closed", "open", "half_open"};
  out.family("wsfanout_kafka_breaker_state", "gauge", "Consumers by the state of their circuit breaker");
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    const auto here = [i](const auto& one) { return one.breaker == static_cast<kafka::BreakerState>(i); };
    out.sample({{"state", kStates[i]}}, static_cast<std::int64_t>(std::ranges::count_if(consumers, here)));
  }
  out.family("wsfanout_kafka_breaker_transitions_total", "counter", "Times that such a breaker came to a state");
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    std::uint64_t total = 0;
    for (const kafka::ConsumerCounters& one : consumers) total += one.breaker_transitions[i];
    out.sample({{"to", kStates[i]}}, total);
  }
}

}  // namespace

void append_kafka_metrics(stats::Exposition& out, const ServerView& server) {
  std::vector<kafka::ConsumerCounters> counters;
  for (const LogFeed* log : running_logs(server)) counters.push_back(log->consumer()->counters());
  const auto counter = [&](auto name, auto help, std::uint64_t kafka::ConsumerCounters::*which) {
    std::uint64_t total = 0;
    for (const kafka::ConsumerCounters& one : counters) total += one.*which;
    out.counter(name, help, total);
  };
  using C = kafka::ConsumerCounters;
  counter("wsfanout_kafka_duplicates_total", "Records read again and left out", &C::duplicates);
  counter("wsfanout_kafka_broker_changes_total", "Times that the broker was lost or came back", &C::broker_changes);
  counter("wsfanout_kafka_resets_total", "Positions found outside the log", &C::resets);
  counter("wsfanout_kafka_stalls_total", "Consumption begun again by the watchdog", &C::stalls);
  counter("wsfanout_kafka_commits_total", "Commits acknowledged", &C::commits);

  append_breakers(out, counters);

  const Partitions partitions = partitions_of(server);
  append_partitions(out, partitions, "wsfanout_partition_lag_messages",
                    "Records between position and head of each partition",
                    [](const auto& partition) { return partition.lag(); });
  append_partitions(out, partitions, "wsfanout_partition_lag_seconds",
                    "Age of the last record read while more of them wait, 0 at the head",
                    [now_ms = base::epoch_ms()](const auto& partition) { return lag_s(partition, now_ms); });
  append_partitions(out, partitions, "wsfanout_partition_epoch", "How often the partition's log was made anew",
                    [](const auto& partition) { return static_cast<std::int64_t>(partition.epoch); });
}

}  // namespace wsf::fanout
