#pragma once
// trading: the feed from Kafka topics that regular expressions name, and what is seen of it.

#include "fanout/feeds/log_feed.hpp"
#include "fanout/service.hpp"
#include "fanout/trading/counters.hpp"
#include "fanout/trading/feed.hpp"
#include "hub/event_buffer.hpp"

#include <optional>
#include <vector>

namespace wsf::fanout {

class TradingService final : public Service {
 public:
  explicit TradingService(TradingOptions options);

  std::string_view name() const override { return "trading"; }
  std::unique_ptr<Protocol> make_protocol(Reception& reception) override;
  void start(Post post) override;
  void stop() override { log_.stop(); }
  std::string summary() const override;

  Readiness readiness() const override { return log_.readiness(); }
  std::string_view why_not_ready() const override { return log_.why_not_ready(); }
  std::vector<Component> components() const override;
  std::optional<ws::HttpReply> page(std::string_view path, Readiness now) const override;
  void append_metrics(stats::Exposition& out) const override;
  void add_to(SeedFamilies& families) const override;
  const LogFeed* log() const override { return &log_; }
  FeedState& feed_state() { return log_.state(); }

 private:
  TradingOptions options_;
  LogFeed log_;
  hub::EventBuffer buffer_;
  std::optional<TradingFeed> feed_;
  std::vector<const TradingCounters*> shards_;
};

}  // namespace wsf::fanout
