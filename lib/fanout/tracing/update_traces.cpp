#include "fanout/tracing/update_traces.hpp"

#include "fanout/tracing/wall_clock.hpp"

#include <utility>

namespace wsf::fanout {

UpdateTraces::UpdateTraces(trace::Tracer* tracer) : tracer_(tracer) {
  if (tracer_ != nullptr) sampler_ = tracer_->new_sampler();
}

void UpdateTraces::queued(const trace::Context& received, std::uint64_t recipients) {
  trace::Span span;
  span.context = sampler_->child_of(received);
  span.parent = received.span;
  span.name = "fan out";
  span.start_ns = wall_ns(taken_ns_);
  span.end_ns = base::epoch_ns();
  span.attributes = {{"wsfanout.recipients", static_cast<std::int64_t>(recipients)}};
  if (recipients > 0) {
    trace::Span& write = unwritten_.emplace_back();
    write.context = sampler_->child_of(span.context);
    write.parent = span.context.span;
    write.name = "write";
    write.start_ns = span.end_ns;
  }
  tracer_->record(std::move(span));
}

void UpdateTraces::end_writes() {
  const std::int64_t now_ns = base::epoch_ns();
  for (trace::Span& span : unwritten_) {
    span.end_ns = now_ns;
    tracer_->record(std::move(span));
  }
  unwritten_.clear();
}

}  // namespace wsf::fanout
