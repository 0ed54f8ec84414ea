#pragma once
// What a server is told at start.

#include "auth/key_store.hpp"
#include "fanout/quotes/tiers.hpp"
#include "grpc/quote_upstream.hpp"
#include "kafka/connection.hpp"
#include "market/symbols.hpp"
#include "net/server_tls.hpp"
#include "redis/options.hpp"
#include "trace/options.hpp"
#include "ws/endpoint.hpp"
#include "ws/ip_address.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wsf::fanout {

// Where a protocol is served, and for whom.
struct RouteOptions {
  std::string path{};
  std::vector<std::string> allowed_origins{"*"};
  auth::KeySources keys{};                     // none: everybody may connect
  std::uint64_t max_connections_per_user = 0;  // of those with a credential; 0: no limit
  std::uint64_t max_connections = UINT64_MAX;  // to it, within Options::max_connections
};

struct FxRatesOptions {
  RouteOptions route{.path = "/ws/fx-rates"};
  kafka::ConnectionOptions kafka;
  std::string topic = "fx-rates-updates";
  std::string group = "websocket-service";
  std::uint64_t max_event_bytes = 64 * 1024;
  std::uint64_t history = 1000;  // events of a pair that a client may resume from
  std::chrono::milliseconds history_age{600'000};
  std::uint64_t history_bytes = std::uint64_t{8} << 20;  // of all pairs
  std::uint64_t max_subscriptions = 50;                  // of one connection
  std::chrono::milliseconds stale_after{30'000};         // silence of a pair; 0: none is too long

  // Redis, between replicas with a Kafka and those without.
  enum class Source { kafka, redis };
  Source source = Source::kafka;
  bool relay = false;  // from Kafka to Redis
  redis::Options redis;
  std::string relay_channel = "fx-rate-updates";
  std::chrono::milliseconds keep_subscriptions{0};  // in Redis, after a session's end; 0: they are not

  bool from_kafka() const { return source == Source::kafka; }
  bool uses_redis() const { return !from_kafka() || relay || keep_subscriptions.count() > 0; }
};

struct TradingOptions {
  RouteOptions route{.path = "/ws"};
  kafka::ConnectionOptions kafka;
  std::vector<std::string> topics{R"(^market-data\..*)",
                                  R"(^trading\..*)"};  // names, and expressions that begin with ^
  std::string group = "websocket-service-group";
  std::uint64_t max_event_bytes = 64 * 1024;
  std::uint64_t history = 1000;  // events of an assessment, for clients that come back
  std::chrono::milliseconds history_age{600'000};
  std::uint64_t history_bytes = std::uint64_t{8} << 20;  // of all assessments
  std::chrono::milliseconds ping_interval{30'000};       // 0: none
  std::chrono::milliseconds connection_timeout{60'000};  // silence that ends a connection
};

struct NotifyOptions {
  RouteOptions route{.path = "/ws", .max_connections_per_user = 5};
  redis::Options redis;
  bool cluster_limits = false;                      // a user's connections are counted over all replicas
  std::chrono::milliseconds cluster_lease{30'000};  // for so long the places of a replica that died stay taken
  std::uint64_t max_event_bytes = 64 * 1024;
  std::chrono::milliseconds idle_timeout{300'000};     // without a message either way
  std::chrono::milliseconds outage_told_after{5'000};  // of the feed
};

// MarketDataService (market_data.proto), served from the quotes that come.
struct GrpcListenOptions {
  ws::Endpoint endpoint{};
  bool require_token = false;  // otherwise a stream without one may see every symbol
  std::uint64_t max_streams = 1'000;
  std::uint64_t max_subscriptions = 10'000;  // symbols of one stream; with a token, QuotesOptions' as well
};

struct QuotesOptions {
  RouteOptions route{.path = "/ws/market-data", .max_connections_per_user = 5};
  redis::Options redis;                         // where quotes come from,
  std::optional<grpc::UpstreamOptions> grpc{};  // unless it is from here
  std::optional<GrpcListenOptions> grpc_listen{};
  std::uint64_t max_event_bytes = 64 * 1024;
  std::uint64_t max_subscriptions = 100;            // symbols of one connection
  std::chrono::milliseconds heartbeat{30'000};      // after so long without a message to a client; 0: none
  std::chrono::milliseconds upstream_grace{5'000};  // for so long a lost feed is not told
  QuoteTiers tiers{};
};

struct QuotesPatchOptions {
  RouteOptions route{.path = "/ws/quotes"};
  std::vector<market::Security> securities = market::well_known_securities();
  std::uint64_t seed = 0;                           // of the made-up prices
  std::chrono::milliseconds price_interval{4'000};  // between their moves
  std::optional<redis::Options> redis{};            // where prices come from, as long as it is there
  std::string channel = "price_updates";
  std::uint64_t max_event_bytes = 64 * 1024;
  std::uint64_t max_symbols = 200;                    // of one connection
  std::chrono::milliseconds idle_timeout{1'800'000};  // without a message either way
  std::chrono::milliseconds health_interval{30'000};  // between pings; 0: none
  std::uint8_t breaker_threshold = 5;                 // failures until a connection's breaker opens
};

struct Options {
  std::string host = "0.0.0.0";
  std::uint16_t port = 8082;
  net::ServerTlsFiles tls;            // of the clients' port; none: plain TCP
  std::optional<ws::Endpoint> admin;  // where health and metrics are served; none: with everything else

  // The protocols that are served.
  std::optional<FxRatesOptions> fx_rates{FxRatesOptions{}};
  std::optional<TradingOptions> trading{};
  std::optional<NotifyOptions> notify{};
  std::optional<QuotesOptions> quotes{};
  std::optional<QuotesPatchOptions> quotes_patch{};

  bool embedded_broker = false;
  trace::Options trace{};

  enum class Io { automatic, epoll, uring };
  Io io = Io::automatic;  // automatic: uring where it can be had
  unsigned shards = 0;    // 0: as many as this process may use CPUs
  bool compress = true;   // permessage-deflate for clients that offer it
  std::uint64_t max_connections = 10'000;
  std::uint64_t max_connections_per_address = 0;  // 0: no limit
  double max_connection_rate = 0;                 // new connections a second; 0: no limit
  double max_connection_rate_per_address = 0;     // 0: no limit
  ws::IpRanges trusted_proxies{};                 // whose word counts about where a client is from
  bool proxy_protocol = false;                    // they begin with a header of the PROXY protocol
  double max_message_rate = 0;                    // messages a second from one connection; 0: no limit
  std::uint64_t max_message_bytes = 64 * 1024;
  std::uint64_t max_errors = 20;  // invalid messages of one connection within kErrorWindowMs
  std::chrono::milliseconds heartbeat{30'000};
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds drain{10'000};
  std::uint64_t outbox_bytes = std::uint64_t{2} << 20;
  std::chrono::milliseconds outbox_age{10'000};
  std::chrono::milliseconds write_timeout{2'000};

  // Of the protocols that are served.
  std::vector<const RouteOptions*> routes() const {
    std::vector<const RouteOptions*> found;
    if (fx_rates) found.push_back(&fx_rates->route);
    if (trading) found.push_back(&trading->route);
    if (notify) found.push_back(&notify->route);
    if (quotes) found.push_back(&quotes->route);
    if (quotes_patch) found.push_back(&quotes_patch->route);
    return found;
  }
};

}  // namespace wsf::fanout
