// The flags; what they amount to is in read_options.cpp.

#include "options.hpp"

#include "base/exit_codes.hpp"
#include "protocols.hpp"

#include <fmt/format.h>

#include <optional>

namespace wsfanout {

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

}  // namespace wsfanout
