#include "fanout/fx_rates/service.hpp"

#include "fanout/fx_rates/fx_rates.hpp"
#include "fanout/fx_rates/kept_subscriptions.hpp"
#include "fanout/fx_rates/metrics.hpp"
#include "fanout/relay/relay.hpp"
#include "fanout/relay/relayed_feed.hpp"
#include "kafka/consumer.hpp"

#include <fmt/format.h>

namespace wsf::fanout {

FxRatesService::FxRatesService(FxRatesOptions options)
    : Service(options.route), options_(std::move(options)), log_(options_.topic) {
  if (options_.keep_subscriptions.count() == 0) return;
  redis::Options redis = options_.redis;
  redis.client_name += "-subscriptions";
  kept_ = std::make_unique<KeptSubscriptions>(redis, options_.keep_subscriptions);
}

FxRatesService::~FxRatesService() = default;

std::unique_ptr<Protocol> FxRatesService::make_protocol(Reception& reception) {
  auto protocol = std::make_unique<FxRates>(options_, log_.state(), kept_.get(), reception, route());
  shards_.push_back(&protocol->counters());
  return protocol;
}

void FxRatesService::start(Post post) {
  if (!options_.from_kafka()) {
    relayed_ = std::make_unique<RelayedFeed>(options_.redis, options_.relay_channel, options_.max_event_bytes,
                                             log_.state(), std::move(post), tracer());
    return;
  }
  if (options_.relay) {
    relay_ = std::make_unique<Relay>(options_.redis, options_.relay_channel, log_.state().broker_reachable);
    post = [this, post = std::move(post)](std::shared_ptr<hub::UpdateBatch> batch) {
      const hub::SharedBatch shared = batch;
      post(std::move(batch));
      relay_->add(shared);
    };
  }
  feed_.emplace(options_.topic, options_.max_event_bytes, log_.state(), std::move(post), tracer());
  kafka::ConsumerOptions consumer;
  consumer.traceparents = tracer() != nullptr;
  consumer.connection = options_.kafka;
  consumer.topics = {options_.topic};
  consumer.group = options_.group;
  log_.start(consumer, *feed_);
}

void FxRatesService::stop() {
  log_.stop();
  relay_.reset();
  relayed_.reset();
}

std::string FxRatesService::summary() const {
  const std::string redis = fmt::format("{} channel={}", options_.redis.text(), options_.relay_channel);
  if (!options_.from_kafka()) return fmt::format("from a relay at {}", redis);
  return fmt::format("from topic={} brokers={} group={}{}", options_.topic, kafka::brokers_of(options_.kafka),
                     options_.group, options_.relay ? ", relayed to " + redis : "");
}

std::string_view FxRatesService::why_not_ready() const {
  return relayed_ ? relayed_->why_not_ready() : log_.why_not_ready();
}

std::vector<Component> FxRatesService::components() const {
  if (relayed_) return {{"redis", relayed_->redis_up()}, {"relay", relayed_->relay_heard()}};
  std::vector<Component> components{{"kafka", log_.state().broker_reachable}};
  if (relay_) components.push_back({"redis", relay_->up()});
  return components;
}

void FxRatesService::append_metrics(stats::Exposition& out) const {
  append_fx_rates_metrics(out, shards_);
  if (kept_) append_kept_metrics(out, kept_->counters());
  if (relay_) append_relay_metrics(out, *relay_);
  if (relayed_) append_relayed_feed_metrics(out, *relayed_);
}

}  // namespace wsf::fanout
