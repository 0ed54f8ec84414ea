#pragma once
// quotes: its source, the newest quote of each symbol, and what is seen of both.

#include "fanout/feeds/channel_feed_state.hpp"
#include "fanout/options.hpp"
#include "fanout/quotes/counters.hpp"
#include "fanout/quotes/newest_quotes.hpp"
#include "fanout/quotes/source.hpp"
#include "fanout/service.hpp"

#include <memory>
#include <vector>

namespace wsf::fanout {

class QuotesService final : public Service, private QuoteSink {
 public:
  QuotesService(QuotesOptions options, std::unique_ptr<QuoteSource> source);

  std::string_view name() const override { return "quotes"; }
  std::unique_ptr<Protocol> make_protocol(Reception& reception) override;
  void start(Post post) override;
  void stop() override { source_->stop(); }
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
  void on_up() override { feed_.rise(); }
  void on_down() override { feed_.fall(); }

  QuotesOptions options_;
  std::unique_ptr<QuoteSource> source_;
  ChannelFeedState feed_;
  NewestQuotes newest_;
  Post post_;
  stats::Counter published_;  // written by the source's thread
  std::vector<const QuotesCounters*> shards_;
  stats::BucketHistogram no_streams_{kStreamBoundsUs};
};

}  // namespace wsf::fanout
