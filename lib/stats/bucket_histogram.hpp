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
  // Upper bounds, microseconds; what is longer is counted without a bound.
  static constexpr std::array<std::int64_t, 16> kBoundsUs{
      100,    250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,
      50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};

  // A negative duration (two machines' clocks) counts as 0. A handful of comparisons.
  void record(std::int64_t duration_us) {
    if (duration_us < 0) duration_us = 0;
    std::size_t bucket = 0;
    while (bucket < kBoundsUs.size() && duration_us > kBoundsUs[bucket]) ++bucket;
    counts_[bucket].add();
    sum_us_.add(static_cast<std::uint64_t>(duration_us));
  }

  std::uint64_t count(std::size_t bucket) const { return counts_[bucket].value(); }  // of this bucket alone
  std::uint64_t sum_us() const { return sum_us_.value(); }

 private:
  std::array<Counter, kBoundsUs.size() + 1> counts_;
  Counter sum_us_;
};

}  // namespace wsf::stats
