#pragma once
// Quotes from a MarketDataService by gRPC: one stream for all clients of the server.

#include "base/log_limiter.hpp"
#include "fanout/quotes/source.hpp"
#include "grpc/quote_streams.hpp"
#include "grpc/quote_upstream.hpp"

#include <chrono>
#include <optional>

namespace wsf::fanout {

class GrpcQuotes final : public QuoteSource, private grpc::QuoteSink {
 public:
  explicit GrpcQuotes(grpc::UpstreamOptions options) : options_(std::move(options)) {}

  Loss loss() const override { return Loss::ends; }
  void start(fanout::QuoteSink& sink) override;
  void stop() override;
  void subscribe(const std::string& symbol) override { upstream_->subscribe(symbol); }
  void unsubscribe(const std::string& symbol) override { upstream_->unsubscribe(symbol); }

  std::string summary() const override;
  std::string_view component() const override { return "grpc"; }
  std::string_view why_not_ready() const override { return "MarketDataService unreachable"; }
  std::uint64_t redis_subscriptions() const override { return 0; }
  std::vector<const stats::BucketHistogram*> stream_durations() const override { return {&durations_}; }
  void append_metrics(stats::Exposition& out) const override;

 private:
  using Clock = std::chrono::steady_clock;

  // The upstream's thread.
  void on_quotes(std::span<protocol::QuoteEvent> quotes) override { sink_->on_quotes(quotes); }
  void on_refused(const std::string& symbol, const std::string& message) override;
  void on_up() override;
  void on_down(const std::string& why) override;

  grpc::UpstreamOptions options_;
  fanout::QuoteSink* sink_ = nullptr;          // from start() on
  std::optional<Clock::time_point> up_since_;  // the upstream's thread's own, as is the log
  base::LogLimiter refused_log_;
  stats::BucketHistogram durations_{grpc::StreamCounters::kDurationBoundsUs};  // of streams that have ended
  std::optional<grpc::QuoteUpstream> upstream_;                                // from start() on
};

}  // namespace wsf::fanout
