#include "feed_flags.hpp"

#include "base/exit_codes.hpp"

#include <chrono>
#include <utility>

namespace wsfanout {
namespace {

constexpr const char* kGroup = "Feed";

using std::chrono::milliseconds;

}  // namespace

FeedFlags::FeedFlags(wsf::base::Settings& settings) : settings_(settings) {
  const wsf::fanout::FxRatesOptions usual;
  topic_ = usual.topic;
  group_ = usual.group;
  history_ = usual.history;
  max_event_.bytes = usual.max_event_bytes;
  history_bytes_.bytes = usual.history_bytes;
  history_age_.value = usual.history_age;
  breaker_open_.value = usual.kafka.breaker.open_for;
  settings_.add("--brokers", kafka_.brokers, "Kafka brokers to read from").type("HOST:PORT,...").group(kGroup);
  settings_.add("--topic", topic_, "Topic of the FX events").env("EVENTHUB_TOPIC").group(kGroup);
  settings_.add("--group", group_, "Consumer group under which progress is committed")
      .env("EVENTHUB_CONSUMER_GROUP")
      .group(kGroup);
  settings_
      .add("--eventhub-connection-string", kafka_.event_hubs_connection_string,
           "Azure Event Hubs namespace to read from; weaker than --brokers")
      .env("EVENTHUB_CONNECTION_STRING")
      .secret()
      .not_on_command_line()
      .type("Endpoint=sb://...")
      .group(kGroup);
  settings_.add_raw_list("--kafka-conf", kafka_.properties, "Any librdkafka property; repeatable")
      .type("KEY=VALUE")
      .group(kGroup);
  settings_
      .add("--kafka-breaker", kafka_.breaker.failures,
           "Rounds without an answer after which Kafka is left alone; 0: never")
      .range(0, 1000)
      .group(kGroup);
  settings_.add("--kafka-breaker-open", breaker_open_, "For how long, before it is tried once")
      .type("DURATION")
      .range(0.1, 86'400)
      .group(kGroup);
  settings_
      .add("--embedded-broker", embedded_broker_,
           "Start a broker inside this process, for trying out; ratepub and wsload find it by themselves")
      .group(kGroup);
  settings_.add("--max-event", max_event_, "Largest event that is passed on")
      .type("SIZE")
      .range(64, 1 << 30)
      .group(kGroup);
  settings_.add("--history", history_, "Newest events of a pair that a client can resume from")
      .range(0, 1'000'000)
      .type("N")
      .group(kGroup);
  settings_.add("--history-age", history_age_, "Oldest event that is kept for that")
      .type("DURATION")
      .range(0, 366 * 86'400)
      .group(kGroup);
  settings_.add("--history-bytes", history_bytes_, "Most memory for that, all pairs together")
      .type("SIZE")
      .range(0, 1e12)
      .group(kGroup);
}

wsf::fanout::FxRatesOptions FeedFlags::fx_rates(wsf::fanout::FxRatesOptions common) const {
  wsf::fanout::FxRatesOptions options = with_feed(std::move(common));
  options.topic = topic_;
  options.group = group_;
  options.kafka.event_hubs_connection_string = kafka_.event_hubs_connection_string;
  take_event_hubs(options);
  return options;
}

wsf::fanout::TradingOptions FeedFlags::trading(wsf::fanout::TradingOptions common) const {
  return with_feed(std::move(common));
}

// What fx-rates and trading read alike. A connection string names fx-rates' hub alone.
template <class ProtocolOptions>
ProtocolOptions FeedFlags::with_feed(ProtocolOptions options) const {
  options.kafka = kafka_;
  options.kafka.event_hubs_connection_string.clear();
  options.kafka.breaker.open_for = std::chrono::duration_cast<milliseconds>(breaker_open_.value);
  options.max_event_bytes = max_event_.bytes;
  options.history = history_;
  options.history_bytes = history_bytes_.bytes;
  options.history_age = std::chrono::duration_cast<milliseconds>(history_age_.value);
  return options;
}

void FeedFlags::take_event_hubs(wsf::fanout::FxRatesOptions& options) const {
  std::string& secret = options.kafka.event_hubs_connection_string;
  if (!options.kafka.brokers.empty()) secret.clear();
  if (secret.empty()) return;
  const auto hub = wsf::kafka::parse_event_hubs(secret);
  if (!hub) wsf::base::refuse("EVENTHUB_CONNECTION_STRING: " + hub.error().message);
  if (settings_.is_default("--topic") && !hub->topic.empty()) options.topic = hub->topic;
}

}  // namespace wsfanout
