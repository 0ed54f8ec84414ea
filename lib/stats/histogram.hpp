#pragma once
// Log-linear histogram of non-negative integers (after G. Tene's HdrHistogram): exact below 128, above that buckets
// whose width is at most 1/64 of their lowest value; a bucket answers with its middle, so the error is under 0.8 %.
// Not shared between threads: one for each, merged after.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wsf::stats {

class Histogram {
 public:
  // Values above `highest` are counted as `highest` (max() still tells the true one). Memory is fixed at
  // construction: 512 B for each doubling of `highest` above 64; one hour in microseconds takes 14 KiB.
  explicit Histogram(std::uint64_t highest = 3'600'000'000);

  void record(std::uint64_t value, std::uint64_t times = 1);  // O(1), no allocation
  void merge(const Histogram& other);                         // both may differ in `highest`
  void clear();

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }  // exact; 0 when empty
  std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  double mean() const;
  double sum() const { return sum_; }

  // The smallest recorded value (to within a bucket) that at least q of all values do not exceed; q in [0, 1].
  // quantile(1) is max(); 0 when empty. O(buckets).
  std::uint64_t quantile(double q) const;

  // How many values lie at or below `value` (to within a bucket): for Prometheus buckets.
  std::uint64_t count_at_or_below(std::uint64_t value) const;

 private:
  std::size_t bucket_of(std::uint64_t value) const;
  static std::uint64_t middle_of(std::size_t bucket);

  std::vector<std::uint64_t> counts_;
  std::uint64_t highest_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  double sum_ = 0;
};

}  // namespace wsf::stats
