#include "load/expectation.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

Expectation parsed(const char* text) {
  return parse_expectation(text).value();
}

TEST(Expectation, latencies_are_compared_in_milliseconds) {
  EXPECT_EQ(parsed("p95<100ms").value, 100);
  EXPECT_EQ(parsed("p99<=0.25s").value, 250);
  EXPECT_EQ(parsed("max<500us").value, 0.5);
  EXPECT_EQ(parsed("connect_p99 < 1s").value, 1000);
}

TEST(Expectation, percent_and_megabytes_may_carry_their_unit) {
  EXPECT_EQ(parsed("reach>=100%").value, 100);
  EXPECT_EQ(parsed("reach>=99.5").value, 99.5);
  EXPECT_EQ(parsed("rss<100").value, 100);
  EXPECT_EQ(parsed("rss<100MB").value, 100);
  EXPECT_EQ(parsed("cpu<50 %").value, 50);
  EXPECT_EQ(parsed("bandwidth<10MB/min").value, 10);
  EXPECT_EQ(parsed("bandwidth<=7.5").value, 7.5);
}

TEST(Expectation, each_operator_means_what_it_says) {
  const auto met = [](const char* text, double measured) { return parsed(text).met_by(measured); };
  EXPECT_TRUE(met("lost<3", 2));
  EXPECT_FALSE(met("lost<3", 3));
  EXPECT_TRUE(met("lost<=3", 3));
  EXPECT_TRUE(met("lost==0", 0));
  EXPECT_FALSE(met("lost==0", 1));
  EXPECT_TRUE(met("lost=0", 0));
  EXPECT_TRUE(met("closed>=3", 3));
  EXPECT_FALSE(met("closed>3", 3));
}

TEST(Expectation, a_bad_one_is_refused_with_what_would_be_right) {
  for (const char* text :
       {"", "p95", "p95<", "p95<soon", "p95<100", "speed<5", "<5", "reach>=x%", "lost<-1", "p95<>1ms"}) {
    const auto result = parse_expectation(text);
    ASSERT_FALSE(result) << text;
    EXPECT_NE(result.error().message.find("p95<100ms"), std::string::npos) << result.error().message;
  }
}

TEST(Expectation, a_mistyped_metric_gets_the_nearest_one) {
  EXPECT_NE(parse_expectation("reech>=100%").error().message.find("did you mean reach"), std::string::npos);
}

TEST(Expectation, a_reach_just_below_is_not_shown_as_100_percent) {
  EXPECT_EQ(show(Metric::reach, 99.999999), "99.9999 %");
  EXPECT_EQ(show(Metric::reach, 100), "100 %");
}

}  // namespace
}  // namespace wsf::load
