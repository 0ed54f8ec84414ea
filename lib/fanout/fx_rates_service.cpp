#include "fanout/fx_rates_service.hpp"

#include "fanout/fx_rates.hpp"
#include "fanout/fx_rates_metrics.hpp"
#include "kafka/consumer.hpp"

#include <fmt/format.h>

namespace wsf::fanout {

FxRatesService::FxRatesService(FxRatesOptions options)
    : options_(std::move(options)), route_{.options = options_.route}, log_(options_.topic) {}

std::unique_ptr<Protocol> FxRatesService::make_protocol(Reception& reception) {
  auto protocol = std::make_unique<FxRates>(options_, log_.state(), reception, route_);
  shards_.push_back(&protocol->counters());
  return protocol;
}

void FxRatesService::start(Post post) {
  feed_.emplace(options_.topic, options_.max_event_bytes, log_.state(), std::move(post));
  kafka::ConsumerOptions consumer;
  consumer.connection = options_.kafka;
  consumer.topics = {options_.topic};
  consumer.group = options_.group;
  log_.start(consumer, *feed_);
}

std::string FxRatesService::summary() const {
  return fmt::format("from topic={} brokers={} group={}", options_.topic, kafka::brokers_of(options_.kafka),
                     options_.group);
}

std::vector<Component> FxRatesService::components() const {
  return {{"kafka", log_.state().broker_reachable}};
}

void FxRatesService::append_metrics(stats::Exposition& out) const {
  append_fx_rates_metrics(out, shards_);
}

}  // namespace wsf::fanout
