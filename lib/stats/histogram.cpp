#include "stats/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace wsf::stats {
namespace {

// 64 buckets for each power of two: values in [64·2^s, 128·2^s) share buckets of width 2^s.
constexpr unsigned kSubBits = 6;
constexpr std::uint64_t kSub = 1u << kSubBits;

constexpr std::size_t index_of(std::uint64_t value) {
  if (value < kSub) return value;
  const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
  return (shift + 1) * kSub + ((value >> shift) - kSub);
}

}  // namespace

Histogram::Histogram(std::uint64_t highest) : counts_(index_of(highest) + 1), highest_(highest) {}

std::size_t Histogram::bucket_of(std::uint64_t value) const {
  return index_of(std::min(value, highest_));
}

std::uint64_t Histogram::middle_of(std::size_t bucket) {
  if (bucket < kSub) return bucket;
  const std::size_t shift = bucket / kSub - 1;
  const std::uint64_t lowest = (bucket % kSub + kSub) << shift;
  return lowest + ((std::uint64_t{1} << shift) - 1) / 2;
}

void Histogram::record(std::uint64_t value, std::uint64_t times) {
  if (times == 0) return;
  counts_[bucket_of(value)] += times;
  count_ += times;
  max_ = std::max(max_, value);
  min_ = std::min(min_, value);
  sum_ += static_cast<double>(value) * static_cast<double>(times);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[std::min(i, counts_.size() - 1)] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  min_ = std::min(min_, other.min_);
  sum_ += other.sum_;
}

void Histogram::clear() {
  *this = Histogram(highest_);
}

double Histogram::mean() const {
  return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

std::uint64_t Histogram::quantile(double q) const {
  if (count_ == 0) return 0;
  const double wanted = std::clamp(q, 0.0, 1.0) * static_cast<double>(count_);
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(wanted)));
  if (rank >= count_) return max_;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::clamp(middle_of(i), min_, max_);
  }
  return max_;
}

std::uint64_t Histogram::count_at_or_below(std::uint64_t value) const {
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size() && middle_of(i) <= value; ++i) seen += counts_[i];
  return value >= max_ ? count_ : seen;
}

}  // namespace wsf::stats
