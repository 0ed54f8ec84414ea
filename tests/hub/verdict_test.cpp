#include "hub/verdict.hpp"

#include <gtest/gtest.h>

namespace wsf::hub {
namespace {

constexpr OutboxLimits kLimits{.outbox_bytes = 1000, .conflate_age_ms = 100, .outbox_age_ms = 500};

TEST(Verdict, a_short_wait_within_the_limits_keeps_every_frame) {
  EXPECT_EQ(judge({.bytes = 1000, .oldest_age_ms = 99}, kLimits), Verdict::keep);
}

TEST(Verdict, too_many_bytes_conflate) {
  EXPECT_EQ(judge({.bytes = 1001, .oldest_age_ms = 0}, kLimits), Verdict::conflate);
}

TEST(Verdict, too_long_a_wait_conflates) {
  EXPECT_EQ(judge({.bytes = 1, .oldest_age_ms = 100}, kLimits), Verdict::conflate);
}

TEST(Verdict, a_wait_beyond_the_last_limit_closes) {
  EXPECT_EQ(judge({.bytes = 1, .oldest_age_ms = 500}, kLimits), Verdict::close);
}

TEST(Verdict, bytes_alone_never_close) {
  EXPECT_EQ(judge({.bytes = 1'000'000, .oldest_age_ms = 499}, kLimits), Verdict::conflate);
}

TEST(Verdict, an_open_breaker_pauses_whatever_waits) {
  EXPECT_EQ(judge({.bytes = 1, .oldest_age_ms = 0, .breaker = BreakerState::open}, kLimits), Verdict::pause);
  EXPECT_EQ(judge({.bytes = 1001, .oldest_age_ms = 100, .breaker = BreakerState::open}, kLimits), Verdict::pause);
}

TEST(Verdict, a_half_open_breaker_leaves_the_decision_to_the_limits) {
  EXPECT_EQ(judge({.bytes = 1, .oldest_age_ms = 0, .breaker = BreakerState::half_open}, kLimits), Verdict::keep);
}

TEST(Verdict, a_wait_beyond_the_last_limit_closes_although_paused) {
  EXPECT_EQ(judge({.bytes = 1, .oldest_age_ms = 500, .breaker = BreakerState::open}, kLimits), Verdict::close);
}

}  // namespace
}  // namespace wsf::hub
