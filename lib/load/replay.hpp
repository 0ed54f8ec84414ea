#pragma once
// Publishes a recording again: keys and bytes as recorded, at the recorded distances or faster, on an open-loop
// schedule: record i is due at a time that the recording and the speed alone decide.

#include "load/open_loop.hpp"
#include "load/recording.hpp"
#include "stats/histogram.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace wsf::load {

struct ReplayPlan {
  double speed = 1;                      // divides the distances, above 0; 0: no distances, as fast as it goes
  bool loop = false;                     // from the beginning again, without end
  std::uint64_t count = 0;               // records in total; 0: no limit
  std::chrono::nanoseconds duration{0};  // no record is due at or after it; 0: no limit
};

class Replay : public OpenLoop {
 public:
  // With `loop` a round begins one mean distance after the last record of the one before; where all records have the
  // same time, this long after it.
  static constexpr std::chrono::seconds kRoundOfOneTime{1};

  // Recording and output must outlive it.
  Replay(const Recording&, const ReplayPlan&, RecordOutput&, std::int64_t start_epoch_ns);

  // Throws what Recording::read() throws.
  std::optional<std::chrono::nanoseconds> step(std::chrono::nanoseconds elapsed) override;
  std::uint64_t published() const override { return published_.load(std::memory_order_relaxed); }
  Lateness lateness() const override { return lateness_of(late_us_); }
  std::int64_t start_epoch_ns() const override { return start_epoch_ns_; }

 private:
  std::chrono::nanoseconds due(std::uint64_t record) const;
  bool done(std::uint64_t record, std::chrono::nanoseconds elapsed) const;

  const Recording& recording_;
  const ReplayPlan plan_;
  RecordOutput& output_;
  const std::int64_t start_epoch_ns_;
  const double round_ns_;
  std::optional<RecordedEvent> next_;  // read, and not yet taken by the output
  std::atomic<std::uint64_t> published_{0};
  stats::Histogram late_us_;
};

}  // namespace wsf::load
