#include "base/log_limiter.hpp"

#include <gtest/gtest.h>

namespace wsf::base {
namespace {

using namespace std::chrono_literals;

struct LogLimiterTest : ::testing::Test {
  LogLimiter limiter{30s};
  LogLimiter::Clock::time_point now{};
};

TEST_F(LogLimiterTest, lets_one_line_of_a_cause_through_in_each_period_and_counts_the_others) {
  EXPECT_EQ(limiter.allow("FAIL", now), 0u);
  EXPECT_EQ(limiter.allow("FAIL", now + 1s), std::nullopt);
  EXPECT_EQ(limiter.allow("FAIL", now + 29s), std::nullopt);
  EXPECT_EQ(limiter.allow("FAIL", now + 30s), 2u);
  EXPECT_EQ(limiter.allow("FAIL", now + 31s), std::nullopt);
}

TEST_F(LogLimiterTest, causes_do_not_silence_one_another) {
  EXPECT_EQ(limiter.allow("FAIL", now), 0u);
  EXPECT_EQ(limiter.allow("ERROR", now), 0u);
}

TEST_F(LogLimiterTest, keeps_a_bounded_number_of_causes) {
  for (std::size_t i = 0; i < LogLimiter::kMaxCauses; i++) limiter.allow(std::to_string(i), now);
  EXPECT_EQ(limiter.allow("one more", now), 0u);
  EXPECT_EQ(limiter.allow("and another", now), std::nullopt);
}

}  // namespace
}  // namespace wsf::base
