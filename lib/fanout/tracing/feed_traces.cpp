#include "fanout/tracing/feed_traces.hpp"

#include "fanout/tracing/wall_clock.hpp"
#include "trace/traceparent.hpp"

#include <memory>
#include <string>
#include <utility>

namespace wsf::fanout {

FeedTraces::FeedTraces(trace::Tracer* tracer, std::string_view system) : tracer_(tracer), system_(system) {
  if (tracer_ != nullptr) sampler_ = tracer_->new_sampler();
}

void FeedTraces::begin(hub::UpdateBatch& batch, hub::Update& update, std::string_view destination,
                       std::string_view traceparent) {
  const auto parent = trace::parse_traceparent(traceparent);
  const auto context = sampler_->sample(parent);
  if (!context) return;
  trace::Span& span = open_.emplace_back();
  span.context = *context;
  if (parent) span.parent = parent->span;
  span.name = "receive";
  span.kind = trace::Kind::consumer;
  span.start_ns = wall_ns(batch.received_ns);
  span.attributes = {{"messaging.system", std::string(system_)},
                     {"messaging.operation.type", "receive"},
                     {"messaging.destination.name", std::string(destination)}};
  if (system_ == "kafka") {
    span.attributes.push_back({"messaging.destination.partition.id", std::to_string(update.position.partition)});
    span.attributes.push_back({"messaging.kafka.offset", update.position.offset});
    span.attributes.push_back({"wsfanout.kafka_timestamp_ms", update.kafka_ms});
  }
  update.trace = std::make_shared<const trace::Context>(*context);
  batch.traced = true;
}

void FeedTraces::end() {
  const std::int64_t now_ns = base::epoch_ns();
  for (trace::Span& span : open_) {
    span.end_ns = now_ns;
    tracer_->record(std::move(span));
  }
  open_.clear();
}

}  // namespace wsf::fanout
