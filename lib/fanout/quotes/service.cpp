#include "fanout/quotes/service.hpp"

#include "fanout/admin/seed_families.hpp"
#include "fanout/feeds/new_batch.hpp"
#include "fanout/quotes/quotes.hpp"
#include "fanout/server_view.hpp"

#include <utility>

namespace wsf::fanout {
namespace {

constexpr std::string_view kName = "quotes";

}  // namespace

QuotesService::QuotesService(QuotesOptions options, std::unique_ptr<QuoteSource> source)
    : Service(options.route), options_(std::move(options)), source_(std::move(source)) {}

std::unique_ptr<Protocol> QuotesService::make_protocol(Reception& reception) {
  auto protocol = std::make_unique<Quotes>(options_, feed_, *source_, reception, route());
  shards_.push_back(&protocol->counters());
  return protocol;
}

void QuotesService::start(Post post) {
  post_ = std::move(post);
  source_->start(*this);
}

void QuotesService::on_quotes(std::span<const protocol::QuoteEvent> quotes) {
  auto batch = new_batch();
  for (const protocol::QuoteEvent& event : quotes) {
    hub::Update& update = batch->updates.emplace_back();
    update.key = event.symbol;
    update.payload = protocol::packed(newest_.merge(event, batch->received_ms));
  }
  published_.add(quotes.size());
  post_(std::move(batch));
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
  if (streams.empty()) streams.push_back(&no_streams_);
  families.add("grpc_stream_duration_seconds", "histogram", "Duration of gRPC stream connections",
               [streams](stats::Exposition& out) {
                 out.histogram({{"protocol", kName}}, streams);
               });
}

}  // namespace wsf::fanout
