#pragma once
// fx-rates: the feed from one Kafka topic, or from another replica by Redis, and what is seen of it.

#include "fanout/feeds/log_feed.hpp"
#include "fanout/fx_rates/counters.hpp"
#include "fanout/fx_rates/feed.hpp"
#include "fanout/route.hpp"
#include "fanout/service.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace wsf::fanout {

class KeptSubscriptions;
class Relay;
class RelayedFeed;

class FxRatesService final : public Service {
 public:
  explicit FxRatesService(FxRatesOptions options);
  ~FxRatesService() override;

  std::string_view name() const override { return "fx-rates"; }
  std::unique_ptr<Protocol> make_protocol(Reception& reception) override;
  void start(Post post) override;
  void stop() override;
  std::string summary() const override;

  Readiness readiness() const override { return log_.readiness(); }
  std::string_view why_not_ready() const override;
  std::vector<Component> components() const override;
  std::optional<ws::HttpReply> page(std::string_view, Readiness) const override { return std::nullopt; }
  void append_metrics(stats::Exposition& out) const override;
  const LogFeed* log() const override { return &log_; }  // without a consumer where the feed is Redis
  FeedState& feed_state() { return log_.state(); }

 private:
  FxRatesOptions options_;
  LogFeed log_;
  std::optional<Feed> feed_;
  std::unique_ptr<KeptSubscriptions> kept_;  // where subscriptions are kept
  std::unique_ptr<Relay> relay_;             // of a feed from Kafka, where that is wanted
  std::unique_ptr<RelayedFeed> relayed_;     // in place of one
  std::vector<const FxRatesCounters*> shards_;
};

}  // namespace wsf::fanout
