#include "options.hpp"

#include "base/exit_codes.hpp"
#include "fanout/admin/pages.hpp"
#include "ws/listener.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace wsfanout {
namespace {

using std::chrono::milliseconds;

constexpr const char* kFxRates = "fx-rates";
constexpr const char* kTrading = "trading";
constexpr const char* kNotify = "notify";
constexpr const char* kQuotes = "quotes";
constexpr const char* kQuotesPatch = "quotes-patch";

struct DefaultPath {
  std::string_view protocol;
  std::string_view path;
};
constexpr std::array kProtocols{DefaultPath{kFxRates, "/ws/fx-rates"}, DefaultPath{kTrading, "/ws"},
                                DefaultPath{kNotify, "/ws"}, DefaultPath{kQuotes, "/ws/market-data"},
                                DefaultPath{kQuotesPatch, "/ws/quotes"}};

constexpr milliseconds kLeastHeartbeat{100};

using wsf::base::refuse;

// http://desk.example[:PORT], as a browser writes it.
bool is_origin(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  const std::string_view host = text.substr(scheme + 3);
  return !host.empty() && host.find_first_of("/?# ") == std::string_view::npos;
}

milliseconds ms(const wsf::base::Duration& d) {
  return std::chrono::duration_cast<milliseconds>(d.value);
}

}  // namespace

CommandLine::CommandLine(wsf::base::Settings& settings) : settings_(settings) {
  for (const DefaultPath& one : kProtocols) paths_.push_back(fmt::format("{}={}", one.protocol, one.path));
  max_message_.bytes = options_.max_message_bytes;
  outbox_bytes_.bytes = options_.outbox_bytes;
  heartbeat_.value = options_.heartbeat;
  handshake_timeout_.value = options_.handshake_timeout;
  drain_.value = options_.drain;
  outbox_age_.value = options_.outbox_age;
  write_timeout_.value = options_.write_timeout;
  stale_after_.value = fx_rates_.stale_after;
  add_listening();
  add_tls();
  tokens_.emplace(settings_);
  feed_.emplace(settings_);
  add_limits();
  add_times();
  trading_.emplace(settings_);
  notify_.emplace(settings_);
  quotes_.emplace(settings_);
  quotes_patch_.emplace(settings_);
  relay_.emplace(settings_);
  redis_.emplace(settings_, "Redis", "Redis, for what needs one", "");
  trace_.emplace(settings_);
  settings_.linked(wsf::kafka::library_version());
  settings_.exclusive("embedded-broker", "brokers");
  settings_.rule([this]() -> std::optional<std::string> {
    try {
      const wsf::net::ServerTlsFiles files = tls();
      if (files.any()) {
        if (const auto read = wsf::net::ServerTls::read(files); !read) return read.error().message;
      }
      const wsf::fanout::Options all = options();
      for (const wsf::fanout::RouteOptions* route : all.routes()) {
        const auto gate = wsf::auth::read_gate(route->keys);
        if (!gate) return gate.error().message;
      }
    } catch (const wsf::base::StartupError& e) {
      return e.what();
    }
    return std::nullopt;
  });
  settings_.examples(
      "  wsfanout --embedded-broker                    try it without a Kafka\n"
      "  wsfanout --brokers kafka1:9092,kafka2:9092    serve ws://HOST:8082/ws/fx-rates\n"
      "  wsfanout --brokers k:9093 --kafka-conf security.protocol=SSL\n"
      "  EVENTHUB_CONNECTION_STRING='Endpoint=sb://...' wsfanout\n"
      "  wsfanout --config /etc/wsfanout.conf --check-config\n");
}

void CommandLine::add_listening() {
  settings_.add("--host", options_.host, "Address to listen on; :: serves IPv4 and IPv6")
      .type("ADDRESS")
      .group("Listening");
  settings_.add("--port", options_.port, "Port to listen on; 0 picks a free one").group("Listening");
  settings_.add("--admin", admin_, "Where health and metrics are served instead; by default on the same port")
      .type("HOST:PORT")
      .group("Listening");
  settings_.add("--protocol", protocols_, "Protocol to serve; repeatable")
      .type("NAME")
      .one_of({kFxRates, kTrading, kNotify, kQuotes, kQuotesPatch})
      .group("Listening");
  settings_.add("--path", paths_, "Path of a protocol's endpoint").type("[NAME=]PATH").group("Listening");
  settings_
      .add("--allowed-origins", allowed_origins_,
           "Origins that browsers may come from; * allows all, no Origin header passes")
      .type("ORIGIN,...")
      .group("Listening");
  settings_.add("--compress", compress_, "permessage-deflate for clients that offer it")
      .one_of({"on", "off"})
      .type("on|off")
      .group("Listening");
}

void CommandLine::add_tls() {
  wsf::net::ServerTlsFiles& tls = options_.tls;
  settings_.add("--tls-cert", tls.cert, "Certificate with its chain (PEM): clients must speak TLS then (wss://)")
      .type("FILE")
      .group("TLS");
  settings_.add("--tls-key", tls.key, "Its key (PEM); by default in the same file").type("FILE").group("TLS");
  settings_.add("--tls-client-ca", tls.client_ca, "Authorities whose client certificates are taken (PEM)")
      .type("FILE")
      .group("TLS");
  settings_.add("--tls-client-auth", tls_client_auth_, "Whether clients must have one, where there are authorities")
      .one_of({"required", "optional"})
      .type("required|optional")
      .group("TLS");
}

void CommandLine::add_limits() {
  settings_.add("--shards", options_.shards, "Threads that serve clients; 0: one for each usable CPU")
      .range(0, 256)
      .group("Limits");
  settings_.add("--io", io_, "How to write to sockets; auto: io_uring where it is allowed")
      .one_of({"auto", "epoll", "uring"})
      .type("HOW")
      .group("Limits");
  settings_.add("--max-connections", options_.max_connections, "Most sessions; further ones are closed with 1013")
      .range(1, 10'000'000)
      .group("Limits");
  settings_
      .add("--max-connections-per-user", max_connections_per_user_,
           "Most sessions of one user, by token or API key; further ones are closed with 1008; 0: no limit")
      .range(0, 10'000'000)
      .group("Limits");
  settings_
      .add("--max-connections-per-address", options_.max_connections_per_address,
           "Most sockets of one address (IPv6: /64); further ones are reset; 0: no limit")
      .range(0, 10'000'000)
      .group("Limits");
  settings_.add("--max-connection-rate", connection_rate_, "Most new sockets; further ones are reset; 0: no limit")
      .type("RATE")
      .group("Limits");
  settings_.add("--max-connection-rate-per-address", address_rate_, "The same of one address")
      .type("RATE")
      .group("Limits");
  settings_
      .add("--trusted-proxies", trusted_proxies_,
           "Whose X-Forwarded-For, Forwarded or PROXY header says where a client is from")
      .type("CIDR,...")
      .group("Limits");
  settings_
      .add("--proxy-protocol", options_.proxy_protocol,
           "Connections of trusted proxies begin with a header of the PROXY protocol, version 1 or 2")
      .group("Limits");
  settings_
      .add("--max-message-rate", message_rate_,
           "Most messages from one session; further ones are not answered; 0: no limit")
      .type("RATE")
      .group("Limits");
  settings_.add("--max-subscriptions", fx_rates_.max_subscriptions, "Most pairs of one session")
      .range(1, 65'535)
      .group("Limits");
  settings_.add("--max-message", max_message_, "Largest message from a client; more is closed with 1009")
      .type("SIZE")
      .range(1, 1 << 30)
      .group("Limits");
  settings_
      .add("--max-errors", options_.max_errors, "Invalid messages within 10 s before a client is closed with 1008")
      .group("Limits");
  settings_
      .add("--outbox-bytes", outbox_bytes_,
           "Bytes waiting for a slow client before only the newest update of each pair is kept")
      .type("SIZE")
      .range(1024, 1 << 30)
      .group("Limits");
}

void CommandLine::add_times() {
  settings_
      .add("--heartbeat", heartbeat_, "Interval of pings, and how long a client may stay silent after one; 0: none")
      .type("DURATION")
      .group("Times");
  settings_.add("--handshake-timeout", handshake_timeout_, "From a connection to its complete request")
      .type("DURATION")
      .range(0.05, 3600)
      .group("Times");
  settings_
      .add("--stale-after", stale_after_,
           "Silence after which a pair is told to be stale, to clients that ask for status; 0: never")
      .type("DURATION")
      .range(0, 366 * 86'400)
      .group("Times");
  settings_.add("--outbox-age", outbox_age_, "How long anything may wait for a client before it is closed with 4000")
      .type("DURATION")
      .range(0.05, 3600)
      .group("Times");
  settings_
      .add("--write-timeout", write_timeout_,
           "How long a socket may take nothing; after 5 times in a row the client is left alone for 30 s")
      .type("DURATION")
      .range(0.05, 3600)
      .group("Times");
  settings_.add("--drain", drain_, "Window over which a shutdown spreads its closes")
      .type("DURATION")
      .range(0, 3600)
      .group("Times");
}

wsf::fanout::Options CommandLine::options() const {
  wsf::fanout::Options options = options_;
  options.tls = tls();
  options.embedded_broker = feed_->embedded_broker();
  options.trace = trace_->options();
  options.fx_rates.reset();
  if (serves(kFxRates)) options.fx_rates = fx_rates();
  if (serves(kTrading)) options.trading = trading();
  if (serves(kNotify)) options.notify = notify();
  if (serves(kQuotes)) options.quotes = quotes();
  if (serves(kQuotesPatch)) options.quotes_patch = quotes_patch();
  if (settings_.is_default("port")) options.port = default_port();
  options.max_message_bytes = max_message_.bytes;
  options.outbox_bytes = outbox_bytes_.bytes;
  options.heartbeat = ms(heartbeat_);
  options.handshake_timeout = ms(handshake_timeout_);
  options.drain = ms(drain_);
  options.outbox_age = ms(outbox_age_);
  options.write_timeout = ms(write_timeout_);
  if (!admin_.empty()) {
    options.admin = settings_.value_of("admin", wsf::ws::parse_endpoint(admin_));
    wsf::ws::check_host(options.admin->host);
  }
  options.max_message_rate = message_rate_.per_s;
  options.max_connection_rate = connection_rate_.per_s;
  options.max_connection_rate_per_address = address_rate_.per_s;
  options.trusted_proxies = settings_.value_of("trusted-proxies", wsf::ws::IpRanges::parse(trusted_proxies_));
  options.compress = compress_ == "on";
  options.io = io_ == "epoll"   ? wsf::fanout::Options::Io::epoll
               : io_ == "uring" ? wsf::fanout::Options::Io::uring
                                : wsf::fanout::Options::Io::automatic;
  check(options);
  return options;
}

wsf::net::ServerTlsFiles CommandLine::tls() const {
  wsf::net::ServerTlsFiles tls = options_.tls;
  for (const auto& [flag, file] : {std::pair("tls-key", &tls.key), std::pair("tls-client-ca", &tls.client_ca)}) {
    if (!tls.any() && !file->empty())
      refuse(settings_.named(flag) + ": TLS needs a certificate as well (--tls-cert)");
  }
  if (!tls.client_ca.empty()) {
    tls.client_auth =
        tls_client_auth_ == "optional" ? wsf::net::ClientAuth::optional : wsf::net::ClientAuth::required;
  } else if (!settings_.is_default("--tls-client-auth")) {
    refuse(settings_.named("tls-client-auth") + ": by whom must they be signed? (--tls-client-ca)");
  }
  return tls;
}

wsf::fanout::FxRatesOptions CommandLine::fx_rates() const {
  wsf::fanout::FxRatesOptions options = fx_rates_;
  options.route = route(kFxRates);
  options.stale_after = ms(stale_after_);
  return relay_->options(feed_->fx_rates(std::move(options)), *redis_);
}

wsf::fanout::TradingOptions CommandLine::trading() const {
  wsf::fanout::TradingOptions options;
  options.route = route(kTrading);
  return trading_->options(feed_->trading(std::move(options)));
}

wsf::fanout::NotifyOptions CommandLine::notify() const {
  wsf::fanout::NotifyOptions options;
  options.route = route(kNotify);
  options.max_event_bytes = feed_->max_event_bytes();
  return notify_->options(std::move(options), *redis_);
}

wsf::fanout::QuotesOptions CommandLine::quotes() const {
  wsf::fanout::QuotesOptions options;
  options.route = route(kQuotes);
  options.max_event_bytes = feed_->max_event_bytes();
  return quotes_->options(std::move(options), *redis_);
}

wsf::fanout::QuotesPatchOptions CommandLine::quotes_patch() const {
  wsf::fanout::QuotesPatchOptions options;
  options.route = route(kQuotesPatch);
  options.max_event_bytes = feed_->max_event_bytes();
  return quotes_patch_->options(std::move(options), *redis_);
}

// That of the protocol that is named first.
std::uint16_t CommandLine::default_port() const {
  if (protocols_.front() == kTrading) return trading_->port();
  if (protocols_.front() == kNotify) return notify_->port();
  if (protocols_.front() == kQuotes) return QuotesFlags::kPort;
  if (protocols_.front() == kQuotesPatch) return QuotesPatchFlags::kPort;
  return options_.port;
}

bool CommandLine::serves(std::string_view protocol) const {
  return std::ranges::find(protocols_, protocol) != protocols_.end();
}

wsf::fanout::RouteOptions CommandLine::route(std::string_view protocol) const {
  return {.path = path(protocol),
          .allowed_origins = allowed_origins_,
          .keys = tokens_->keys(),
          .max_connections_per_user = max_connections_per_user_};
}

void CommandLine::check(const wsf::fanout::Options& options) const {
  if (heartbeat_.value.count() != 0 && heartbeat_.value < kLeastHeartbeat) {
    refuse(settings_.named("heartbeat") + ": at least 100ms, or 0 for none");
  }
  if (options.fx_rates && !wsf::kafka::is_topic(options.fx_rates->topic)) {
    refuse(settings_.named("topic") + ": \"" + options.fx_rates->topic + "\" is no name of a topic");
  }
  const bool rates_from_kafka = options.fx_rates && options.fx_rates->from_kafka();
  if (options.embedded_broker && !rates_from_kafka && !options.trading) {
    refuse(settings_.named("embedded-broker") + ": no protocol that is served reads Kafka");
  }
  const std::vector<const wsf::fanout::RouteOptions*> routes = options.routes();
  for (std::size_t i = 1; i < routes.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (routes[i]->path == routes[k]->path)
        refuse(settings_.named("path") + ": two protocols share " + routes[i]->path);
    }
  }
  for (const std::string& origin : allowed_origins_) {
    if (origin == "*" || origin == "null" || is_origin(origin)) continue;
    refuse(settings_.named("allowed-origins") + ": \"" + origin + "\" is no origin (try https://desk.example)");
  }
  if (options.proxy_protocol && options.trusted_proxies.empty()) {
    refuse(settings_.named("proxy-protocol") + ": say whose header is believed with --trusted-proxies");
  }
  wsf::ws::check_host(options.host);
  try {
    if (rates_from_kafka) wsf::kafka::check_connection(options.fx_rates->kafka, wsf::kafka::ClientKind::consumer);
    if (options.trading) wsf::kafka::check_connection(options.trading->kafka, wsf::kafka::ClientKind::consumer);
  } catch (const wsf::base::StartupError& e) {
    refuse(e.what() + origins({"brokers", "kafka-conf"}));
  }
}

// " (brokers from x.conf:3)" for those that were not typed; a complaint about a flag needs no more than the flag.
std::string CommandLine::origins(std::initializer_list<std::string_view> flags) const {
  std::string out;
  for (const std::string_view flag : flags) {
    const wsf::base::Origin& from = settings_.origin(flag);
    if (from.source == wsf::base::Source::flag || from.source == wsf::base::Source::unset) continue;
    out += " (" + std::string(flag) + " from " + to_text(from) + ")";
  }
  return out;
}

// "NAME=/path" or, as long as one protocol is served, "/path". What is not named keeps its own.
std::string CommandLine::path(std::string_view protocol) const {
  const auto known = [](std::string_view name) {
    return std::ranges::find(kProtocols, name, &DefaultPath::protocol) != kProtocols.end();
  };
  std::string found(std::ranges::find(kProtocols, protocol, &DefaultPath::protocol)->path);
  for (const std::string& item : paths_) {
    const std::size_t equals = item.find('=');
    const bool bare = equals == std::string::npos;
    if (bare && protocols_.size() > 1)
      refuse(settings_.named("path") + ": say whose path " + item + " is: NAME=" + item);
    const std::string name = bare ? protocols_.front() : item.substr(0, equals);
    const std::string path = bare ? item : item.substr(equals + 1);
    if (!known(name)) refuse(settings_.named("path") + ": unknown protocol \"" + name + "\"");
    if (!path.starts_with('/') || path.find_first_of("?# ") != std::string::npos) {
      refuse(settings_.named("path") + ": \"" + path + "\" is not a path (try /ws/fx-rates)");
    }
    if (wsf::fanout::Pages::serves(path)) {
      refuse(settings_.named("path") + ": " + path + " is served already (try /ws/fx-rates)");
    }
    if (name == protocol) found = path;
  }
  return found;
}

}  // namespace wsfanout
