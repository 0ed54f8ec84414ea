#include "stats/exposition.hpp"

#include "stats/bucket_histogram.hpp"
#include "stats/histogram.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace wsf::stats {
namespace {

TEST(Exposition, a_family_has_help_type_and_samples) {
  Exposition exposition;
  exposition.family("wsfanout_closed_total", "counter", "Connections closed, by code.");
  exposition.sample({{"code", "1000"}, {"reason", "bye"}}, std::uint64_t{3});
  exposition.sample({{"code", "4000"}}, std::uint64_t{0});
  EXPECT_EQ(exposition.text(),
            "# HELP wsfanout_closed_total Connections closed, by code.\n"
            "# TYPE wsfanout_closed_total counter\n"
            "wsfanout_closed_total{code=\"1000\",reason=\"bye\"} 3\n"
            "wsfanout_closed_total{code=\"4000\"} 0\n");
}

TEST(Exposition, labels_and_help_are_escaped) {
  Exposition exposition;
  exposition.family("a", "gauge", "a \\ and\na line");
  exposition.sample({{"l", "q\" b\\ n\n"}}, 1.0);
  EXPECT_EQ(exposition.text(),
            "# HELP a a \\\\ and\\na line\n"
            "# TYPE a gauge\n"
            "a{l=\"q\\\" b\\\\ n\\n\"} 1\n");
}

TEST(Exposition, numbers_are_exact_and_the_special_ones_have_their_names) {
  Exposition exposition;
  exposition.family("a", "gauge", "h");
  exposition.sample(0.1);
  exposition.sample(std::numeric_limits<double>::infinity());
  exposition.sample(-std::numeric_limits<double>::infinity());
  exposition.sample(std::numeric_limits<double>::quiet_NaN());
  exposition.sample({}, std::uint64_t{18446744073709551615u});
  exposition.sample({}, std::int64_t{-5});
  EXPECT_EQ(exposition.text(),
            "# HELP a h\n# TYPE a gauge\na 0.1\na +Inf\na -Inf\na NaN\na 18446744073709551615\na -5\n");
}

TEST(Exposition, a_summary_has_quantiles_sum_and_count) {
  Histogram histogram;
  for (std::uint64_t us = 1; us <= 100; ++us) histogram.record(us);
  Exposition exposition;
  exposition.summary("latency_us", "h", histogram, 1);
  EXPECT_EQ(exposition.text(),
            "# HELP latency_us h\n# TYPE latency_us summary\n"
            "latency_us{quantile=\"0.5\"} 50\nlatency_us{quantile=\"0.95\"} 95\nlatency_us{quantile=\"0.99\"} 99\n"
            "latency_us_sum 5050\nlatency_us_count 100\n");
}

TEST(Exposition, a_histogram_sums_its_parts_into_buckets_up_to_infinity) {
  BucketHistogram one;
  BucketHistogram other;
  one.record(100);
  one.record(-5);
  other.record(101);
  other.record(11'000'000);
  Exposition exposition;
  exposition.family("took_seconds", "histogram", "h");
  exposition.histogram({{"stage", "hub"}}, {&one, &other});
  const std::string& text = exposition.text();
  EXPECT_TRUE(
      text.starts_with("# HELP took_seconds h\n# TYPE took_seconds histogram\n"
                       "took_seconds_bucket{stage=\"hub\",le=\"0.0001\"} 2\n"
                       "took_seconds_bucket{stage=\"hub\",le=\"0.00025\"} 3\n"))
      << text;
  EXPECT_TRUE(
      text.ends_with("took_seconds_bucket{stage=\"hub\",le=\"10\"} 3\n"
                     "took_seconds_bucket{stage=\"hub\",le=\"+Inf\"} 4\n"
                     "took_seconds_sum{stage=\"hub\"} 11.000201\ntook_seconds_count{stage=\"hub\"} 4\n"))
      << text;
}

TEST(ExpositionDeathTest, an_impossible_name_is_a_bug) {
  Exposition exposition;
  EXPECT_DEATH(exposition.family("websocket.sessions", "gauge", "h"), "metric's name");
  EXPECT_DEATH(exposition.sample(1.0), "family first");
}

}  // namespace
}  // namespace wsf::stats
