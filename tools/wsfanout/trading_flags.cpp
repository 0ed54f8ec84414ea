#include "trading_flags.hpp"

#include "token_flags.hpp"

#include <algorithm>
#include <chrono>

namespace wsfanout {
namespace {

constexpr const char* kGroup = "Trading";

// A bare number is milliseconds in the environment of the service that this replaces.
std::string milliseconds(const std::string& value) {
  const bool bare = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  return bare ? value + "ms" : value;
}

}  // namespace

TradingFlags::TradingFlags(wsf::base::Settings& settings) : settings_(settings) {
  ping_interval_.value = options_.ping_interval;
  connection_timeout_.value = options_.connection_timeout;
  settings_.add("--trading-port", port_, "The port if trading is named first and --port is not set")
      .env("PORT")
      .group(kGroup);
  settings_
      .add_raw_list("--trading-topics", options_.topics,
                    "Topic of its events, or an expression that begins with ^; repeatable")
      .type("TOPIC|^EXPR")
      .group(kGroup);
  settings_.add("--trading-brokers", brokers_, "Kafka brokers of its events, where --brokers is not set")
      .env("KAFKA_BROKERS")
      .type("HOST:PORT,...")
      .group(kGroup);
  settings_.add("--trading-group", options_.group, "Consumer group under which its progress is committed")
      .env("KAFKA_GROUP_ID")
      .group(kGroup);
  settings_.add("--trading-client-id", client_id_, "How it names itself to the brokers")
      .env("KAFKA_CLIENT_ID")
      .group(kGroup);
  settings_.add("--trading-jwt-secret", secret_, "Secret of its tokens, where no key is set for all protocols")
      .env("JWT_SECRET")
      .secret()
      .not_on_command_line()
      .type("SECRET")
      .group(kGroup);
  settings_.add("--ping-interval", ping_interval_, "Between the pings of the protocol itself; 0: none")
      .env("HEARTBEAT_INTERVAL", milliseconds)
      .type("DURATION")
      .range(0, 86'400)
      .group(kGroup);
  settings_.add("--connection-timeout", connection_timeout_, "Silence of a client that ends its connection with 1001")
      .env("CONNECTION_TIMEOUT", milliseconds)
      .type("DURATION")
      .range(0.1, 86'400)
      .group(kGroup);
}

wsf::fanout::TradingOptions TradingFlags::options(wsf::fanout::TradingOptions common) const {
  wsf::fanout::TradingOptions options = std::move(common);
  options.topics = options_.topics;
  options.group = options_.group;
  options.ping_interval = std::chrono::duration_cast<std::chrono::milliseconds>(ping_interval_.value);
  options.connection_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(connection_timeout_.value);
  options.kafka.client_id = client_id_;
  if (options.kafka.brokers.empty()) options.kafka.brokers = brokers_;
  require_keys(options.route.keys, "trading", secret_);
  return options;
}

}  // namespace wsfanout
