#include "fanout/quotes/grpc_quotes.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace wsf::fanout {

void GrpcQuotes::start(fanout::QuoteSink& sink) {
  sink_ = &sink;
  upstream_.emplace(options_, static_cast<grpc::QuoteSink&>(*this));
}

void GrpcQuotes::stop() {
  if (upstream_) upstream_->stop();
}

std::string GrpcQuotes::summary() const {
  return fmt::format("from the MarketDataService at {} ({})", options_.text(), options_.tls ? "TLS" : "plaintext");
}

// Whoever asked for it hears nothing: a stream for all cannot say whose symbol was one too many.
void GrpcQuotes::on_refused(const std::string& symbol, const std::string& message) {
  const auto kept_back = refused_log_.allow(message, Clock::now());
  if (!kept_back) return;
  spdlog::warn("gRPC {}: refused: {} symbol={} unlogged={}", options_.text(), message, symbol, *kept_back);
}

void GrpcQuotes::on_up() {
  up_since_ = Clock::now();
  sink_->on_up();
}

void GrpcQuotes::on_down(const std::string& /*why*/) {
  if (up_since_) {
    durations_.record(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - *up_since_).count());
    up_since_.reset();
  }
  sink_->on_down();
}

void GrpcQuotes::append_metrics(stats::Exposition& out) const {
  const grpc::UpstreamCounters now = upstream_ ? upstream_->counters() : grpc::UpstreamCounters{};
  out.gauge("wsfanout_grpc_upstream_symbols", "Symbols that the stream was asked for",
            static_cast<double>(now.asked));
  out.counter("wsfanout_grpc_upstream_connects_total", "Streams from the MarketDataService that came up",
              now.streams);
  out.counter("wsfanout_grpc_upstream_failures_total", "Such streams lost, and attempts that failed", now.failures);
  out.counter("wsfanout_grpc_upstream_quotes_total", "Quotes from it", now.quotes);
  out.counter("wsfanout_grpc_upstream_heartbeats_total", "Heartbeats from it", now.heartbeats);
  out.counter("wsfanout_grpc_upstream_refusals_total", "Errors that it told, of a symbol or a request", now.refusals);
  out.family("wsfanout_quotes_skipped_total", "counter", "Messages from the feed that are no quotes, by cause");
  out.sample({{"cause", "bad_symbol"}}, now.bad_symbols);
  out.sample({{"cause", "bad_quote"}}, now.bad_quotes);
  out.sample({{"cause", "unknown_type"}}, now.unknown_types);
}

}  // namespace wsf::fanout
