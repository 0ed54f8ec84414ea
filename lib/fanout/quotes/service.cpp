#include "fanout/quotes/service.hpp"

#include "fanout/admin/seed_families.hpp"
#include "fanout/feeds/new_batch.hpp"
#include "fanout/quotes/quotes.hpp"
#include "fanout/quotes/stream_metrics.hpp"
#include "fanout/server_view.hpp"
#include "grpc/host_port.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace wsf::fanout {
namespace {

constexpr std::string_view kName = "quotes";
constexpr std::chrono::hours kNever{24 * 365 * 100};

}  // namespace

std::optional<grpc::QuoteServerOptions> quote_server(const Options& options) {
  if (!options.quotes || !options.quotes->grpc_listen) return std::nullopt;
  const GrpcListenOptions& listen = *options.quotes->grpc_listen;
  grpc::QuoteServerOptions server;
  server.host = listen.endpoint.host;
  server.port = listen.endpoint.port;
  server.tls_cert = options.tls.cert;
  server.tls_key = options.tls.key;
  server.max_streams = listen.max_streams;
  server.limits.max_subscriptions = listen.max_subscriptions;
  server.limits.outbox.outbox_bytes = options.outbox_bytes;
  server.limits.outbox.outbox_age_ms = options.outbox_age.count();
  const std::chrono::milliseconds heartbeat = options.quotes->heartbeat;
  server.limits.heartbeat = heartbeat.count() == 0 ? kNever : heartbeat;
  return server;
}

QuotesService::QuotesService(QuotesOptions options, std::unique_ptr<QuoteSource> source,
                             std::optional<grpc::QuoteServerOptions> streams)
    : Service(options.route),
      options_(std::move(options)),
      streams_(std::move(streams)),
      source_(std::move(source)) {}

std::unique_ptr<Protocol> QuotesService::make_protocol(Reception& reception) {
  auto protocol = std::make_unique<Quotes>(options_, feed_, *source_, reception, route());
  shards_.push_back(&protocol->counters());
  return protocol;
}

void QuotesService::start(Post post) {
  post_ = std::move(post);
  traces_.emplace(tracer(), source_->component());
  source_->start(*this);
  if (streams_) listen();
}

void QuotesService::listen() {
  desk_.emplace(options_, route(), *source_, newest_);
  server_ = std::make_unique<grpc::QuoteServer>(*streams_, *desk_);
  listening_ = server_.get();
  tell_health();
  const ws::Endpoint& endpoint = options_.grpc_listen->endpoint;
  spdlog::info("serving MarketDataService on {} ({}{})", grpc::host_port(endpoint.host, server_->port()),
               streams_->tls_cert.empty() ? "plaintext" : "TLS",
               options_.grpc_listen->require_token ? "" : "; streams without a token may see every symbol");
}

void QuotesService::stop() {
  source_->stop();
  if (server_) server_->stop(kLastWords);
}

void QuotesService::drain(std::chrono::milliseconds window) {
  draining_ = true;
  tell_health();
  if (server_) server_->drain(window);
}

bool QuotesService::drained() const {
  return !server_ || server_->counters().streams.streams.value() == 0;
}

void QuotesService::on_up() {
  feed_.rise();
  tell_health();
}

void QuotesService::on_down() {
  feed_.fall();
  tell_health();
}

void QuotesService::tell_health() {
  const std::lock_guard lock(health_mutex_);
  if (grpc::QuoteServer* const server = listening_) server->set_serving(feed_.up && !draining_);
}

void QuotesService::on_quotes(std::span<const protocol::QuoteEvent> quotes) {
  auto batch = new_batch();
  grpc::QuoteServer* const server = listening_;
  auto whole = server == nullptr ? nullptr : std::make_shared<std::vector<protocol::QuoteEvent>>();
  for (const protocol::QuoteEvent& event : quotes) {
    const protocol::Quote quote = newest_.merge(event, batch->received_ms);
    hub::Update& update = batch->updates.emplace_back();
    update.key = event.symbol;
    update.payload = protocol::packed(quote);
    traces_->receive(*batch, update, event.symbol);
    if (whole) whole->push_back({event.symbol, quote, protocol::QuoteFields::all()});
  }
  published_.add(quotes.size());
  if (whole) server->post(std::move(whole));
  post_(std::move(batch));
  traces_->posted();
}

void QuotesService::append_metrics(stats::Exposition& out) const {
  using Q = QuotesCounters;
  out.gauge("wsfanout_quotes_feed_up", "1 while quotes can come", feed_.up ? 1 : 0);
  out.gauge("wsfanout_quotes_symbols", "Symbols of which a quote has come", static_cast<double>(newest_.size()));
  out.counter("wsfanout_quotes_heartbeats_total", "Heartbeats to clients that had no message for a while",
              sum(shards_, &Q::heartbeats));
  out.counter("wsfanout_quotes_denied_symbols_total", "Symbols that the tier of a client does not allow",
              sum(shards_, &Q::denied));
  out.counter("wsfanout_quotes_outage_closes_total", "Connections closed with 1013 because there was no feed",
              sum(shards_, &Q::outage_closes));
  source_->append_metrics(out);
  if (const grpc::QuoteServer* const server = listening_) append_stream_metrics(out, server->counters());
}

void QuotesService::add_to(SeedFamilies& families) const {
  using Q = QuotesCounters;
  const auto add = [&](auto name, auto type, auto help, auto value) {
    families.add(name, type, help, [value](stats::Exposition& out) { out.sample({{"protocol", kName}}, value); });
  };
  add("websocket_connections_total", "gauge", "Active connections", sum(shards_, &Q::connections));
  add("websocket_messages_received_total", "counter", "Messages received from clients",
      sum(shards_, &Q::messages_received));
  add("redis_subscriptions_total", "gauge", "Active Redis subscriptions", source_->redis_subscriptions());
  add("quotes_published_total", "counter", "Quotes from the feed that were passed on", published_.value());
  auto streams = source_->stream_durations();
  if (const grpc::QuoteServer* const server = listening_) streams.push_back(&server->counters().streams.durations);
  if (streams.empty()) streams.push_back(&no_streams_);
  families.add("grpc_stream_duration_seconds", "histogram", "Duration of gRPC stream connections",
               [streams](stats::Exposition& out) {
                 out.histogram({{"protocol", kName}}, streams);
               });
}

}  // namespace wsf::fanout
