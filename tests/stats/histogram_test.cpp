#include "stats/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace wsf::stats {
namespace {

TEST(Histogram, is_empty_at_first) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.quantile(0.5), 0u);
  EXPECT_EQ(histogram.max(), 0u);
  EXPECT_EQ(histogram.min(), 0u);
  EXPECT_EQ(histogram.mean(), 0);
}

TEST(Histogram, small_values_are_exact) {
  Histogram histogram;
  for (std::uint64_t v = 1; v <= 100; ++v) histogram.record(v);
  EXPECT_EQ(histogram.quantile(0), 1u);
  EXPECT_EQ(histogram.quantile(0.5), 50u);
  EXPECT_EQ(histogram.quantile(0.99), 99u);
  EXPECT_EQ(histogram.quantile(1), 100u);
  EXPECT_DOUBLE_EQ(histogram.mean(), 50.5);
}

TEST(Histogram, any_single_value_comes_back_within_one_percent) {
  for (std::uint64_t v = 1; v < 3'600'000'000; v += v / 7 + 1) {
    Histogram histogram;
    histogram.record(v);
    histogram.record(v * 2);  // so that neither minimum nor maximum corrects the answer
    histogram.record(0);
    const auto got = static_cast<double>(histogram.quantile(0.5));
    EXPECT_LE(std::abs(got - static_cast<double>(v)), 0.01 * static_cast<double>(v)) << v;
  }
}

TEST(Histogram, quantiles_agree_with_the_sorted_values_within_one_percent) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latency(8, 2);
  std::vector<std::uint64_t> values(20'000);
  Histogram histogram;
  for (auto& value : values) histogram.record(value = static_cast<std::uint64_t>(latency(random)));
  std::sort(values.begin(), values.end());
  for (const double q : {0.01, 0.5, 0.9, 0.95, 0.99, 0.999}) {
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size()))) - 1;
    const auto exact = static_cast<double>(values[rank]);
    EXPECT_NEAR(static_cast<double>(histogram.quantile(q)), exact, 0.01 * exact + 1) << q;
  }
  EXPECT_EQ(histogram.max(), values.back());
}

TEST(Histogram, merging_is_the_same_as_recording_all_in_one) {
  Histogram a, b, both;
  for (std::uint64_t v = 0; v < 5000; ++v) {
    (v % 3 == 0 ? a : b).record(v * 17);
    both.record(v * 17);
  }
  a.merge(b);
  EXPECT_EQ(a.count(), both.count());
  EXPECT_EQ(a.max(), both.max());
  EXPECT_EQ(a.min(), both.min());
  EXPECT_DOUBLE_EQ(a.sum(), both.sum());
  for (const double q : {0.1, 0.5, 0.99}) EXPECT_EQ(a.quantile(q), both.quantile(q));
}

TEST(Histogram, merging_an_empty_one_changes_nothing) {
  Histogram a;
  a.record(5);
  a.merge(Histogram());
  EXPECT_EQ(a.min(), 5u);
  EXPECT_EQ(a.count(), 1u);
}

TEST(Histogram, values_above_its_highest_are_counted_and_the_maximum_stays_true) {
  Histogram histogram(1000);
  histogram.record(5'000'000);
  histogram.record(1);
  EXPECT_EQ(histogram.count(), 2u);
  EXPECT_EQ(histogram.max(), 5'000'000u);
  EXPECT_EQ(histogram.quantile(1), 5'000'000u);
}

TEST(Histogram, the_largest_value_there_is_fits) {
  Histogram histogram(UINT64_MAX);
  histogram.record(UINT64_MAX);
  histogram.record(UINT64_MAX / 2);
  EXPECT_EQ(histogram.max(), UINT64_MAX);
}

TEST(Histogram, merging_into_a_smaller_one_keeps_the_count) {
  Histogram small(100), large;
  large.record(1'000'000, 3);
  small.merge(large);
  EXPECT_EQ(small.count(), 3u);
  EXPECT_EQ(small.count_at_or_below(2'000'000), 3u);
}

TEST(Histogram, counts_below_a_bound_rise_to_all) {
  Histogram histogram;
  for (const std::uint64_t v : {10u, 20u, 30u, 40'000u}) histogram.record(v);
  EXPECT_EQ(histogram.count_at_or_below(9), 0u);
  EXPECT_EQ(histogram.count_at_or_below(20), 2u);
  EXPECT_EQ(histogram.count_at_or_below(1000), 3u);
  EXPECT_EQ(histogram.count_at_or_below(40'000), 4u);
}

TEST(Histogram, cleared_is_as_new) {
  Histogram histogram;
  histogram.record(9);
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.max(), 0u);
}

}  // namespace
}  // namespace wsf::stats
