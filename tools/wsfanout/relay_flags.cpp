#include "relay_flags.hpp"

#include "base/exit_codes.hpp"

#include <chrono>
#include <cstdlib>

namespace wsfanout {
namespace {

constexpr const char* kGroup = "FX rates and Redis";
constexpr std::size_t kMaxChannelBytes = 128;
constexpr double kLongestKept_s = 366 * 86'400;

using wsf::base::refuse;

// The service that this replaces has the port apart.
std::string url_of_host(const std::string& host) {
  const char* const port = std::getenv("REDIS_PORT");
  return "redis://" + host + (port == nullptr || *port == '\0' ? "" : std::string(":") + port);
}

}  // namespace

RelayFlags::RelayFlags(wsf::base::Settings& settings) : settings_(settings) {
  channel_ = wsf::fanout::FxRatesOptions{}.relay_channel;
  settings_.add("--feed", feed_, "Where the events come from; redis: from a replica that relays them")
      .one_of({"kafka", "redis"})
      .type("kafka|redis")
      .group(kGroup);
  settings_.add("--relay-to", relay_to_, "Publish what comes from Kafka for replicas without one")
      .one_of({"none", "redis"})
      .type("none|redis")
      .group(kGroup);
  settings_.add("--relay-channel", channel_, "Redis channel of the relay").type("NAME").group(kGroup);
  settings_
      .add("--keep-subscriptions", keep_subscriptions_,
           "How long Redis keeps a session's pairs for ?session=ID after its end; 0: not at all")
      .type("DURATION")
      .range(0, kLongestKept_s)
      .group(kGroup);
  settings_.add("--fx-rates-redis", own_url_, "Redis of fx-rates where --redis is not set")
      .env("REDIS_HOST", url_of_host)
      .secret()
      .type("URL")
      .group(kGroup);
}

wsf::fanout::FxRatesOptions RelayFlags::options(wsf::fanout::FxRatesOptions common,
                                                const wsf::redis::DestinationFlags& redis) const {
  using wsf::fanout::FxRatesOptions;
  FxRatesOptions options = std::move(common);
  options.source = feed_ == "redis" ? FxRatesOptions::Source::redis : FxRatesOptions::Source::kafka;
  options.relay = relay_to_ == "redis";
  options.relay_channel = channel_;
  options.keep_subscriptions = std::chrono::duration_cast<std::chrono::milliseconds>(keep_subscriptions_.value);
  if (options.relay && options.source == FxRatesOptions::Source::redis) {
    refuse(settings_.named("relay-to") + ": only what comes from Kafka is relayed, not a feed from Redis");
  }
  const auto kept = options.keep_subscriptions;
  if (kept.count() != 0 && kept < std::chrono::seconds(1)) {
    refuse(settings_.named("keep-subscriptions") + ": at least 1s, or 0 for not at all");
  }
  if (channel_.empty() || channel_.size() > kMaxChannelBytes || channel_.find_first_of(" \t\r\n") != channel_.npos) {
    refuse(settings_.named("relay-channel") + ": 1 to 128 characters without blanks");
  }
  if (options.uses_redis()) options.redis = redis.resolve("fx-rates-redis", own_url_);
  return options;
}

}  // namespace wsfanout
