#include "quotes_flags.hpp"

#include "base/exit_codes.hpp"

#include <chrono>
#include <utility>

namespace wsfanout {
namespace {

constexpr const char* kGroup = "Quotes";

using std::chrono::milliseconds;
using wsf::base::refuse;

}  // namespace

QuotesFlags::QuotesFlags(wsf::base::Settings& settings) : settings_(settings) {
  const wsf::fanout::QuotesOptions usual;
  max_connections_per_user_ = usual.route.max_connections_per_user;
  max_subscriptions_ = usual.max_subscriptions;
  heartbeat_.value = usual.heartbeat;
  upstream_grace_.value = usual.upstream_grace;
  settings_
      .add("--quotes-max-connections-per-user", max_connections_per_user_,
           "Most sessions of one user, where --max-connections-per-user is not set; 0: no limit")
      .range(0, 10'000'000)
      .type("N")
      .group(kGroup);
  settings_.add("--quotes-max-subscriptions", max_subscriptions_, "Most symbols of one session")
      .range(1, 65'535)
      .type("N")
      .group(kGroup);
  settings_
      .add("--quotes-heartbeat", heartbeat_, "After so long without a message a client gets a heartbeat; 0: never")
      .type("DURATION")
      .range(0, 86'400)
      .group(kGroup);
  settings_.add("--upstream-grace", upstream_grace_, "For so long nobody is told that the feed is lost")
      .type("DURATION")
      .range(0, 3'600)
      .group(kGroup);
  settings_
      .add_raw_list("--quotes-tier", tiers_,
                    "Symbols that tokens of this tier may see, * for all; NAME is default for those of no other; "
                    "repeatable")
      .type("NAME=SYMBOL,...")
      .group(kGroup);
  settings_.add("--quotes-jwt-secret", secret_, "Secret of its tokens, where no key is set for all protocols")
      .env("JWT_SECRET")
      .secret()
      .not_on_command_line()
      .type("SECRET")
      .group(kGroup);
}

wsf::fanout::QuotesOptions QuotesFlags::options(wsf::fanout::QuotesOptions common,
                                                const wsf::redis::DestinationFlags& redis) const {
  wsf::fanout::QuotesOptions options = std::move(common);
  options.redis = redis.resolve();
  options.max_subscriptions = max_subscriptions_;
  options.heartbeat = std::chrono::duration_cast<milliseconds>(heartbeat_.value);
  options.upstream_grace = std::chrono::duration_cast<milliseconds>(upstream_grace_.value);
  options.tiers = settings_.value_of("quotes-tier", wsf::fanout::QuoteTiers::parse(tiers_));
  if (settings_.is_default("max-connections-per-user")) {
    options.route.max_connections_per_user = max_connections_per_user_;
  }
  if (!options.route.keys.any()) {
    options.route.keys.secret = secret_;
    options.route.keys.algorithm = "HS256";
  }
  if (!options.route.keys.any()) {
    refuse(
        "quotes lets nobody in without a token: set JWT_SECRET, --jwt-secret-file, --jwt-public-key, --jwks or "
        "--api-keys");
  }
  return options;
}

}  // namespace wsfanout
