#pragma once
// quotes: its source, the newest quote of each symbol, the gRPC streams beside the shards, and what is seen of all of
// them.

#include "fanout/feeds/channel_feed_state.hpp"
#include "fanout/options.hpp"
#include "fanout/quotes/counters.hpp"
#include "fanout/quotes/newest_quotes.hpp"
#include "fanout/quotes/source.hpp"
#include "fanout/quotes/stream_desk.hpp"
#include "fanout/service.hpp"
#include "fanout/tracing/feed_traces.hpp"
#include "grpc/quote_server.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace wsf::fanout {

// With the server's certificate, and its limits of what may wait for a client. nullopt: gRPC is not served.
std::optional<grpc::QuoteServerOptions> quote_server(const Options& options);

class QuotesService final : public Service, private QuoteSink {
 public:
  static constexpr std::chrono::milliseconds kLastWords{1'000};  // for streams to end before they are cut off

  // `streams`: where options.grpc_listen says to listen.
  QuotesService(QuotesOptions options, std::unique_ptr<QuoteSource> source,
                std::optional<grpc::QuoteServerOptions> streams = {});
  ~QuotesService() override { stop(); }  // the source's thread uses the server, which ends first

  std::string_view name() const override { return "quotes"; }
  std::unique_ptr<Protocol> make_protocol(Reception& reception) override;
  void start(Post post) override;
  void stop() override;
  void drain(std::chrono::milliseconds window) override;
  bool drained() const override;
  std::string summary() const override { return source_->summary(); }

  Readiness readiness() const override { return feed_.readiness(); }
  std::string_view why_not_ready() const override { return source_->why_not_ready(); }
  std::vector<Component> components() const override { return {{source_->component(), feed_.up}}; }
  std::optional<ws::HttpReply> page(std::string_view /*path*/, Readiness /*now*/) const override {
    return std::nullopt;
  }
  void append_metrics(stats::Exposition& out) const override;
  void add_to(SeedFamilies& families) const override;

 private:
  void on_quotes(std::span<const protocol::QuoteEvent> quotes) override;
  void on_up() override;
  void on_down() override;

  void listen();
  void tell_health();

  QuotesOptions options_;
  ChannelFeedState feed_;
  NewestQuotes newest_;
  Post post_;
  stats::Counter published_;          // written by the source's thread
  std::optional<FeedTraces> traces_;  // from start() on; of that thread
  std::vector<const QuotesCounters*> shards_;
  stats::BucketHistogram no_streams_{grpc::StreamCounters::kDurationBoundsUs};
  std::mutex health_mutex_;  // so that the last word about it is the true one
  std::atomic<bool> draining_{false};
  std::optional<grpc::QuoteServerOptions> streams_;
  std::unique_ptr<QuoteSource> source_;  // its thread uses what is above
  std::optional<StreamDesk> desk_;
  std::unique_ptr<grpc::QuoteServer> server_;           // from start() on, and its threads use source and desk
  std::atomic<grpc::QuoteServer*> listening_{nullptr};  // the same, for the source's thread
};

}  // namespace wsf::fanout
