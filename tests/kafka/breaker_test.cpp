#include "kafka/breaker.hpp"

#include <gtest/gtest.h>

namespace wsf::kafka {
namespace {

using namespace std::chrono_literals;

struct BreakerTest : ::testing::Test {
  void fail(int times) {
    for (int i = 0; i < times; i++) breaker.note(false, now);
  }

  Breaker breaker{{.failures = 3, .open_for = 30s}};
  Breaker::Clock::time_point now{};
};

TEST_F(BreakerTest, opens_after_so_many_failures_in_a_row) {
  fail(2);
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  EXPECT_TRUE(breaker.note(false, now));
  EXPECT_EQ(breaker.state(), BreakerState::open);
  EXPECT_EQ(breaker.due(), now + 30s);
}

TEST_F(BreakerTest, a_success_in_between_begins_the_count_again) {
  fail(2);
  EXPECT_FALSE(breaker.note(true, now));
  fail(2);
  EXPECT_EQ(breaker.state(), BreakerState::closed);
}

TEST_F(BreakerTest, a_trial_that_succeeds_closes_it) {
  fail(3);
  breaker.try_again();
  EXPECT_EQ(breaker.state(), BreakerState::half_open);
  EXPECT_TRUE(breaker.note(true, now));
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  fail(2);
  EXPECT_EQ(breaker.state(), BreakerState::closed) << "the failures from before do not count any more";
}

TEST_F(BreakerTest, a_trial_that_fails_opens_it_for_another_time) {
  fail(3);
  now += 30s;
  breaker.try_again();
  EXPECT_TRUE(breaker.note(false, now));
  EXPECT_EQ(breaker.state(), BreakerState::open);
  EXPECT_EQ(breaker.due(), now + 30s);
}

TEST_F(BreakerTest, counts_how_often_it_came_to_each_state) {
  fail(3);
  breaker.try_again();
  fail(1);
  breaker.try_again();
  breaker.note(true, now);
  EXPECT_EQ(breaker.came_to(BreakerState::open), 2u);
  EXPECT_EQ(breaker.came_to(BreakerState::half_open), 2u);
  EXPECT_EQ(breaker.came_to(BreakerState::closed), 1u);
}

TEST(Breaker, without_a_number_of_failures_it_never_opens) {
  Breaker breaker{{}};
  for (int i = 0; i < 1000; i++) EXPECT_FALSE(breaker.note(false, {}));
  EXPECT_EQ(breaker.state(), BreakerState::closed);
}

}  // namespace
}  // namespace wsf::kafka
