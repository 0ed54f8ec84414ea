#include "hub/breaker.hpp"

#include <gtest/gtest.h>

namespace wsf::hub {
namespace {

constexpr BreakerLimits kLimits{.write_timeout_ms = 10, .failures = 3, .open_ms = 100, .probes = 2};

class BreakerTest : public testing::Test {
 protected:
  // The socket refuses, and each deadline passes until the breaker opens.
  void open() {
    breaker.refused(now, kLimits);
    while (breaker.state() != BreakerState::open) miss();
  }
  void miss() {
    now = breaker.due_ms();
    ASSERT_TRUE(breaker.expire(now, kLimits));
  }
  void half_open() {
    open();
    now = breaker.due_ms();
    EXPECT_FALSE(breaker.expire(now, kLimits));
  }

  Breaker breaker;
  std::int64_t now = 1'000;
};

TEST_F(BreakerTest, is_closed_and_waits_for_nothing_at_first) {
  EXPECT_TRUE(breaker.idle());
  EXPECT_FALSE(breaker.expire(now, kLimits));
  EXPECT_EQ(breaker.may_write(64), 64);
}

TEST_F(BreakerTest, a_refusal_is_a_failure_only_once_the_deadline_has_passed) {
  breaker.refused(now, kLimits);
  EXPECT_FALSE(breaker.expire(now + 9, kLimits));
  EXPECT_TRUE(breaker.expire(now + 10, kLimits));
}

TEST_F(BreakerTest, each_further_deadline_counts_and_the_last_opens) {
  breaker.refused(now, kLimits);
  miss();
  miss();
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  miss();
  EXPECT_EQ(breaker.state(), BreakerState::open);
  EXPECT_EQ(now, 1'030);
  EXPECT_EQ(breaker.due_ms(), 1'130);
  EXPECT_EQ(breaker.may_write(64), 0);
}

TEST_F(BreakerTest, refusals_one_after_another_share_the_first_ones_deadline) {
  breaker.refused(now, kLimits);
  breaker.refused(now + 9, kLimits);
  EXPECT_TRUE(breaker.expire(now + 10, kLimits));
}

TEST_F(BreakerTest, a_socket_that_takes_a_part_gets_a_new_deadline_but_failures_stay) {
  breaker.refused(now, kLimits);
  miss();
  miss();
  breaker.took(0);
  EXPECT_EQ(breaker.due_ms(), Breaker::kNever);
  breaker.refused(now, kLimits);
  miss();
  EXPECT_EQ(breaker.state(), BreakerState::open);
}

TEST_F(BreakerTest, a_drained_outbox_forgives_all_failures) {
  breaker.refused(now, kLimits);
  miss();
  miss();
  breaker.took(7);
  breaker.drained(kLimits);
  EXPECT_TRUE(breaker.idle());
}

TEST_F(BreakerTest, an_outbox_past_its_limit_is_a_failure_like_a_missed_deadline) {
  for (int i = 0; i < 3; ++i) breaker.overflowed(now, kLimits);
  EXPECT_EQ(breaker.state(), BreakerState::open);
}

TEST_F(BreakerTest, what_happens_while_it_is_open_does_not_move_the_probe) {
  open();
  breaker.overflowed(now + 50, kLimits);
  breaker.refused(now + 50, kLimits);
  breaker.drained(kLimits);
  EXPECT_EQ(breaker.state(), BreakerState::open);
  EXPECT_EQ(breaker.due_ms(), now + 100);
}

TEST_F(BreakerTest, the_pause_ends_half_open_with_a_few_probes) {
  half_open();
  EXPECT_EQ(breaker.state(), BreakerState::half_open);
  EXPECT_EQ(breaker.may_write(64), 2);
  breaker.took(1);
  EXPECT_EQ(breaker.may_write(64), 1);
}

TEST_F(BreakerTest, all_probes_written_close_it) {
  half_open();
  breaker.took(2);
  EXPECT_TRUE(breaker.idle());
}

TEST_F(BreakerTest, fewer_probes_close_it_when_nothing_more_waits) {
  half_open();
  breaker.took(1);
  breaker.drained(kLimits);
  EXPECT_TRUE(breaker.idle());
}

TEST_F(BreakerTest, an_empty_outbox_proves_nothing) {
  half_open();
  breaker.drained(kLimits);
  EXPECT_EQ(breaker.state(), BreakerState::half_open);
}

TEST_F(BreakerTest, one_failure_while_half_open_opens_it_again) {
  half_open();
  breaker.refused(now, kLimits);
  miss();
  EXPECT_EQ(breaker.state(), BreakerState::open);
  EXPECT_EQ(breaker.due_ms(), now + 100);
}

}  // namespace
}  // namespace wsf::hub
