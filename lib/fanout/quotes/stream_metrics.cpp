#include "fanout/quotes/stream_metrics.hpp"

namespace wsf::fanout {
namespace {

void append_calls(stats::Exposition& out, const grpc::QuoteServerCounters& all) {
  out.counter("wsfanout_grpc_unary_calls_total", "Calls for last values", all.unary_calls);
  out.family("wsfanout_grpc_refused_total", "counter", "Calls refused, by cause");
  out.sample({{"cause", "unauthenticated"}}, all.unauthenticated.load());
  out.sample({{"cause", "stream_limit"}}, all.over_limit.load());
  out.sample({{"cause", "user_limit"}}, all.without_seat.load());
  out.counter("wsfanout_grpc_batches_refused_total", "Batches of quotes that found too many waiting for the streams",
              all.batches_refused);
}

void append_outboxes(stats::Exposition& out, const grpc::StreamCounters& of) {
  out.gauge("wsfanout_grpc_outbox_frames", "Messages that wait for slow streams",
            static_cast<double>(of.outbox_frames.value()));
  out.gauge("wsfanout_grpc_conflating_streams", "Streams for which only the newest quotes wait",
            static_cast<double>(of.conflating_streams.value()));
  out.counter("wsfanout_grpc_conflations_total", "Times that a stream began to be one of those",
              of.conflating.value());
  out.counter("wsfanout_grpc_quotes_conflated_total", "Quotes replaced by newer ones of their symbol",
              of.conflated.value());
  out.counter("wsfanout_grpc_slow_streams_closed_total", "Streams ended because the peer did not read",
              of.slow_closed.value());
}

}  // namespace

void append_stream_metrics(stats::Exposition& out, const grpc::QuoteServerCounters& counters) {
  const grpc::StreamCounters& of = counters.streams;
  out.gauge("wsfanout_grpc_streams", "Open gRPC streams of quotes", static_cast<double>(of.streams.value()));
  out.gauge("wsfanout_grpc_subscriptions", "Symbols of all of them", static_cast<double>(of.subscriptions.value()));
  out.gauge("wsfanout_grpc_symbols", "Symbols that one of them has", static_cast<double>(of.symbols.value()));
  out.counter("wsfanout_grpc_streams_opened_total", "Streams that were opened", of.opened.value());
  out.counter("wsfanout_grpc_requests_total", "Requests on streams", of.requests.value());
  out.counter("wsfanout_grpc_unreadable_requests_total", "Requests that were none", of.unreadable_requests.value());
  out.counter("wsfanout_grpc_quotes_sent_total", "Quotes sent to streams", of.quotes_sent.value());
  out.counter("wsfanout_grpc_heartbeats_total", "Heartbeats sent to streams", of.heartbeats_sent.value());
  out.counter("wsfanout_grpc_errors_total", "Errors told on streams", of.errors_told.value());
  append_outboxes(out, of);
  append_calls(out, counters);
}

}  // namespace wsf::fanout
