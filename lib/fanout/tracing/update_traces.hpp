#pragma once
// The way on a shard of updates that are traced: span "fan out", from the batch being taken to the update being
// queued for its subscribers; then "write", to the end of the flush that ends the round. What is queued in the midst
// of a large batch may have been written before. One for each shard, used on its thread only.

#include "base/clock.hpp"
#include "hub/update.hpp"
#include "stats/counter.hpp"
#include "trace/tracer.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace wsf::fanout {

class UpdateTraces {
 public:
  explicit UpdateTraces(trace::Tracer* tracer);  // nullptr: no update is traced

  // A batch with such an update was taken from the mailbox.
  void taken() { taken_ns_ = base::steady_ns(); }

  // Such an update of it: runs what queues it, which adds the number of recipients to `sent`.
  template <class Publish>
  void around(const hub::Update& update, const stats::Counter& sent, Publish&& publish) {
    const std::uint64_t before = sent.value();
    publish();
    queued(*update.trace, sent.value() - before);
  }

  // What was queued is written.
  void flushed() {
    if (!unwritten_.empty()) end_writes();
  }

 private:
  void queued(const trace::Context& received, std::uint64_t recipients);
  void end_writes();

  trace::Tracer* tracer_;
  std::optional<trace::Sampler> sampler_;
  std::int64_t taken_ns_ = 0;           // steady
  std::vector<trace::Span> unwritten_;  // at most one for each update of a round
};

}  // namespace wsf::fanout
