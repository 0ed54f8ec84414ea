#pragma once
// Durations in the buckets that Prometheus is shown. ONE writing thread and any number of readers, like Counter;
// where Histogram is exact and for one thread, this can be asked while it is written.

#include "stats/counter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace wsf::stats {

class BucketHistogram {
 public:
  using Bounds = std::array<std::int64_t, 16>;

  // Upper bounds, microseconds; what is longer is counted without a bound. Of updates on their way:
  static constexpr Bounds kBoundsUs{100,    250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,
                                    50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};

  // Of connections: from a second to a week.
  static constexpr Bounds kConnectionBoundsUs{1'000'000,      5'000'000,      15'000'000,      30'000'000,
                                              60'000'000,     120'000'000,    300'000'000,     600'000'000,
                                              1'800'000'000,  3'600'000'000,  7'200'000'000,   14'400'000'000,
                                              28'800'000'000, 86'400'000'000, 259'200'000'000, 604'800'000'000};

  // The bounds must outlive it.
  explicit BucketHistogram(const Bounds& bounds_us = kBoundsUs) : bounds_us_(&bounds_us) {}

  // A negative duration (two machines' clocks) counts as 0. A handful of comparisons.
  void record(std::int64_t duration_us) {
    if (duration_us < 0) duration_us = 0;
    std::size_t bucket = 0;
    while (bucket < bounds_us_->size() && duration_us > (*bounds_us_)[bucket]) ++bucket;
    counts_[bucket].add();
    sum_us_.add(static_cast<std::uint64_t>(duration_us));
  }

  void record_ms(std::int64_t duration_ms) { record(duration_ms * 1'000); }

  const Bounds& bounds_us() const { return *bounds_us_; }
  std::uint64_t count(std::size_t bucket) const { return counts_[bucket].value(); }  // of this bucket alone
  std::uint64_t sum_us() const { return sum_us_.value(); }

 private:
  const Bounds* bounds_us_;
  std::array<Counter, kBoundsUs.size() + 1> counts_;
  Counter sum_us_;
};

}  // namespace wsf::stats
