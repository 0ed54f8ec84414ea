#include "quotes_flags.hpp"

#include "base/exit_codes.hpp"
#include "net/client_tls.hpp"
#include "token_flags.hpp"
#include "ws/endpoint.hpp"
#include "ws/listener.hpp"

#include <chrono>
#include <utility>

namespace wsfanout {
namespace {

constexpr const char* kGroup = "Quotes";
constexpr const char* kGrpc = "Quotes by gRPC";

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
  add_grpc();
}

void QuotesFlags::add_grpc() {
  settings_.add("--grpc", upstream_, "MarketDataService that quotes come from, in place of Redis")
      .type("HOST:PORT")
      .group(kGrpc);
  settings_.add("--grpc-user", grpc_.user, "The user_id that it is told").type("NAME").group(kGrpc);
  settings_.add("--grpc-token-file", grpc_.token_file, "Token that it is shown; read anew for each stream")
      .type("FILE")
      .group(kGrpc);
  settings_.add("--grpc-tls", grpc_.tls, "Speak TLS with it").group(kGrpc);
  settings_.add("--grpc-ca", grpc_.ca_file, "Authorities to trust then (PEM), in place of the system's")
      .type("FILE")
      .group(kGrpc);
  settings_
      .add("--grpc-listen", listen_,
           "Where MarketDataService is served from the same quotes; by TLS with --tls-cert. Port 0 picks a free one")
      .type("HOST:PORT")
      .group(kGrpc);
  settings_
      .add("--grpc-require-token", require_token_,
           "Its callers need a token; without this flag, those that show none may see every symbol")
      .group(kGrpc);
}

std::optional<wsf::grpc::UpstreamOptions> QuotesFlags::upstream() const {
  if (upstream_.empty()) return std::nullopt;
  const wsf::ws::Endpoint endpoint = settings_.value_of("grpc", wsf::ws::parse_endpoint(upstream_));
  if (endpoint.port == 0) refuse(settings_.named("grpc") + ": port 0 is none to connect to");
  if (!grpc_.tls && !grpc_.ca_file.empty()) {
    refuse(settings_.named("grpc-ca") + ": it is for TLS (--grpc-tls)");
  }
  if (!grpc_.ca_file.empty()) {
    const auto tls = wsf::net::ClientTls::read({.ca = grpc_.ca_file});
    if (!tls) refuse("TLS to gRPC: " + tls.error().message);
  }
  wsf::grpc::UpstreamOptions options = grpc_;
  options.host = endpoint.host;
  options.port = endpoint.port;
  return options;
}

std::optional<wsf::fanout::GrpcListenOptions> QuotesFlags::listen() const {
  if (listen_.empty()) {
    if (require_token_) refuse(settings_.named("grpc-require-token") + ": of whom? (--grpc-listen)");
    return std::nullopt;
  }
  wsf::fanout::GrpcListenOptions options;
  options.endpoint = settings_.value_of("grpc-listen", wsf::ws::parse_endpoint(listen_));
  wsf::ws::check_host(options.endpoint.host);
  options.require_token = require_token_;
  return options;
}

wsf::fanout::QuotesOptions QuotesFlags::options(wsf::fanout::QuotesOptions common,
                                                const wsf::redis::DestinationFlags& redis) const {
  wsf::fanout::QuotesOptions options = std::move(common);
  options.grpc = upstream();
  if (!options.grpc) options.redis = redis.resolve();
  options.grpc_listen = listen();
  options.max_subscriptions = max_subscriptions_;
  options.heartbeat = std::chrono::duration_cast<milliseconds>(heartbeat_.value);
  options.upstream_grace = std::chrono::duration_cast<milliseconds>(upstream_grace_.value);
  options.tiers = settings_.value_of("quotes-tier", wsf::fanout::QuoteTiers::parse(tiers_));
  if (settings_.is_default("max-connections-per-user")) {
    options.route.max_connections_per_user = max_connections_per_user_;
  }
  require_keys(options.route.keys, "quotes", secret_);
  return options;
}

}  // namespace wsfanout
