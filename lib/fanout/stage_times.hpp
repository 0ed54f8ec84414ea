#pragma once
// How long updates take on a shard, by stage: "hub" from the poll that brought a batch to the first write of what it
// queued, "fanout" from that to the end of the flush that wrote it. Two readings of the clock for a flush; written on
// the shard's thread, read by any.

#include "base/clock.hpp"
#include "stats/bucket_histogram.hpp"

#include <cstdint>
#include <vector>

namespace wsf::fanout {

class StageTimes {
 public:
  // A batch has queued something. `received_ns`: when the poll returned, steady clock.
  void queued(std::int64_t received_ns) { received_ns_.push_back(received_ns); }

  // Runs the flush that writes what the batches since the last one have queued.
  template <class Flush>
  void around(Flush&& flush) {
    if (received_ns_.empty()) return flush();
    const std::int64_t began_ns = base::steady_ns();
    flush();
    const std::int64_t flush_us = (base::steady_ns() - began_ns) / kNsPerUs;
    for (const std::int64_t received_ns : received_ns_) {
      hub_.record((began_ns - received_ns) / kNsPerUs);
      fanout_.record(flush_us);
    }
    received_ns_.clear();
  }

  const stats::BucketHistogram& hub() const { return hub_; }
  const stats::BucketHistogram& fanout() const { return fanout_; }

 private:
  static constexpr std::int64_t kNsPerUs = 1'000;

  std::vector<std::int64_t> received_ns_;  // of the batches that wait for the flush
  stats::BucketHistogram hub_, fanout_;
};

}  // namespace wsf::fanout
