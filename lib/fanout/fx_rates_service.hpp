#pragma once
// fx-rates: the feed from one Kafka topic, and what is seen of it.

#include "fanout/feed.hpp"
#include "fanout/fx_rates_counters.hpp"
#include "fanout/log_feed.hpp"
#include "fanout/route.hpp"
#include "fanout/service.hpp"

#include <optional>
#include <vector>

namespace wsf::fanout {

class FxRatesService final : public Service {
 public:
  explicit FxRatesService(FxRatesOptions options);

  std::string_view name() const override { return "fx-rates"; }
  const Route& route() const override { return route_; }
  Route& route() override { return route_; }
  std::unique_ptr<Protocol> make_protocol(Reception& reception) override;
  void start(Post post) override;
  void stop() override { log_.stop(); }
  std::string summary() const override;

  Readiness readiness() const override { return log_.readiness(); }
  std::string_view why_degraded() const override { return "broker unreachable"; }
  std::vector<Component> components() const override;
  std::optional<ws::HttpReply> page(std::string_view, Readiness) const override { return std::nullopt; }
  void append_metrics(stats::Exposition& out) const override;
  const LogFeed* log() const override { return &log_; }
  FeedState& feed_state() { return log_.state(); }

 private:
  FxRatesOptions options_;
  Route route_;
  LogFeed log_;
  std::optional<Feed> feed_;
  std::vector<const FxRatesCounters*> shards_;
};

}  // namespace wsf::fanout
