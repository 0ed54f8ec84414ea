#pragma once
// Where the way of an update begins that is traced: span "receive", from the poll that brought it to its batch being
// with the shards. Its context goes with the update. One for each feed, used on its thread only.

#include "hub/update.hpp"
#include "trace/tracer.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace wsf::fanout {

class FeedTraces {
 public:
  // nullptr: nothing is traced, and receive() costs one branch. `system`: "kafka", "redis"; lives for ever.
  FeedTraces(trace::Tracer* tracer, std::string_view system);

  // Of a batch to be, once the update's members are set. `destination`: the topic or channel. `traceparent`: of its
  // record; whoever wrote it may have said that it is traced.
  void receive(hub::UpdateBatch& batch, hub::Update& update, std::string_view destination,
               std::string_view traceparent = {}) {
    if (tracer_ != nullptr && !update.silent) begin(batch, update, destination, traceparent);
  }
  // What was received is with the shards.
  void posted() {
    if (!open_.empty()) end();
  }

 private:
  void begin(hub::UpdateBatch& batch, hub::Update& update, std::string_view destination,
             std::string_view traceparent);
  void end();

  trace::Tracer* tracer_;
  std::string_view system_;
  std::optional<trace::Sampler> sampler_;
  std::vector<trace::Span> open_;  // at most one for each update of a batch
};

}  // namespace wsf::fanout
