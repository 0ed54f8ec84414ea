#include "notify_flags.hpp"

#include "base/exit_codes.hpp"
#include "token_flags.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace wsfanout {
namespace {

constexpr const char* kGroup = "Notify";

using wsf::base::refuse;

// A bare number is seconds in the environment of the service that this replaces.
std::string seconds(const std::string& value) {
  const bool bare = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  return bare ? value + "s" : value;
}

// ["https://a","https://b"], as that service takes it, into a,b.
std::string listed(const std::string& value) {
  const auto list = nlohmann::json::parse(value, nullptr, false);
  if (!list.is_array()) return value;
  std::string joined;
  for (const auto& one : list) {
    if (!one.is_string()) return value;
    joined += (joined.empty() ? "" : ",") + one.get<std::string>();
  }
  return joined;
}

}  // namespace

NotifyFlags::NotifyFlags(wsf::base::Settings& settings) : settings_(settings) {
  idle_timeout_.value = wsf::fanout::NotifyOptions{}.idle_timeout;
  settings_.add("--notify-port", port_, "The port if notify is named first and --port is not set")
      .env("WEBSOCKET_PORT")
      .group(kGroup);
  settings_
      .add("--notify-max-connections-per-user", max_connections_per_user_,
           "Most sessions of one user, where --max-connections-per-user is not set; 0: no limit")
      .env("WEBSOCKET_MAX_CONNECTIONS_PER_USER")
      .range(0, 10'000'000)
      .type("N")
      .group(kGroup);
  add_cluster_limits();
  settings_
      .add("--idle-timeout", idle_timeout_,
           "Without a message either way for so long a connection is closed with 1001")
      .env("WEBSOCKET_IDLE_TIMEOUT", seconds)
      .type("DURATION")
      .range(0.1, 366 * 86'400)
      .group(kGroup);
  settings_.add("--notify-jwt-secret", secret_, "Secret of its tokens, where no key is set for all protocols")
      .env("JWT_SECRET_KEY")
      .secret()
      .not_on_command_line()
      .type("SECRET")
      .group(kGroup);
  settings_.add("--notify-jwt-algorithm", algorithm_, "The one algorithm that this secret is for")
      .env("JWT_ALGORITHM")
      .type("NAME")
      .group(kGroup);
  settings_
      .add("--notify-origins", origins_,
           "Origins that its browsers may come from, where --allowed-origins is not set")
      .env("CORS_ORIGINS", listed)
      .type("ORIGIN,...")
      .group(kGroup);
  settings_.add("--notify-redis", own_url_, "Redis of notify where --redis is not set")
      .env("REDIS_URL")
      .secret()
      .type("URL")
      .group(kGroup);
}

void NotifyFlags::add_cluster_limits() {
  cluster_lease_.value = wsf::fanout::NotifyOptions{}.cluster_lease;
  settings_.add("--cluster-limits", cluster_limits_, "Count a user's sessions over all replicas, by Redis")
      .group(kGroup);
  settings_.add("--cluster-lease", cluster_lease_, "For so long the sessions of a replica that died still count")
      .type("DURATION")
      .range(1, 3'600)
      .group(kGroup);
}

wsf::fanout::NotifyOptions NotifyFlags::options(wsf::fanout::NotifyOptions common,
                                                const wsf::redis::DestinationFlags& redis) const {
  wsf::fanout::NotifyOptions options = std::move(common);
  options.redis = redis.resolve("notify-redis", own_url_);
  options.idle_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(idle_timeout_.value);
  if (settings_.is_default("max-connections-per-user")) {
    options.route.max_connections_per_user = max_connections_per_user_;
  }
  options.cluster_limits = cluster_limits_;
  options.cluster_lease = std::chrono::duration_cast<std::chrono::milliseconds>(cluster_lease_.value);
  if (cluster_limits_ && options.route.max_connections_per_user == 0) {
    refuse(settings_.named("cluster-limits") +
           ": a user may have any number of sessions (--notify-max-connections-per-user 5 limits it)");
  }
  if (settings_.is_default("allowed-origins") && !origins_.empty()) options.route.allowed_origins = origins_;
  require_keys(options.route.keys, "notify", secret_, "JWT_SECRET_KEY", algorithm_);
  return options;
}

}  // namespace wsfanout
