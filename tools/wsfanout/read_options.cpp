// What the flags amount to, checked.

#include "base/exit_codes.hpp"
#include "fanout/admin/pages.hpp"
#include "options.hpp"
#include "protocols.hpp"
#include "ws/listener.hpp"

#include <algorithm>
#include <chrono>

namespace wsfanout {
namespace {

using std::chrono::milliseconds;

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
