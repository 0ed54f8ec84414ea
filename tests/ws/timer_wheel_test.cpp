#include "ws/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace wsf::ws {
namespace {

TEST(TimerWheel, a_timer_expires_once_at_its_deadline_and_not_before) {
  TimerWheel wheel(0);
  wheel.arm(3, 500);
  int expired = 0;
  const auto count = [&](std::uint32_t slot) { expired += slot == 3; };
  wheel.advance(499, count);
  EXPECT_EQ(expired, 0);
  wheel.advance(500, count);
  EXPECT_EQ(expired, 1);
  wheel.advance(200'000, count);
  EXPECT_EQ(expired, 1);
}

TEST(TimerWheel, arming_again_moves_the_deadline) {
  TimerWheel wheel(0);
  wheel.arm(1, 500);
  wheel.arm(1, 1'000);
  int expired = 0;
  wheel.advance(900, [&](std::uint32_t) { ++expired; });
  EXPECT_EQ(expired, 0);
  wheel.advance(1'000, [&](std::uint32_t) { ++expired; });
  EXPECT_EQ(expired, 1);
}

TEST(TimerWheel, a_disarmed_timer_stays_silent) {
  TimerWheel wheel(0);
  wheel.arm(1, 500);
  wheel.arm(2, 500);
  wheel.disarm(1);
  std::vector<std::uint32_t> expired;
  wheel.advance(1'000, [&](std::uint32_t slot) { expired.push_back(slot); });
  EXPECT_EQ(expired, (std::vector<std::uint32_t>{2}));
  EXPECT_TRUE(wheel.empty());
}

TEST(TimerWheel, a_callback_may_arm_its_own_timer_again) {
  TimerWheel wheel(0);
  wheel.arm(1, 100);
  std::int64_t now_ms = 0;
  int expired = 0;
  for (; now_ms <= 2'000; now_ms += TimerWheel::kTickMs) {
    wheel.advance(now_ms, [&](std::uint32_t slot) {
      ++expired;
      wheel.arm(slot, now_ms + 500);
    });
  }
  EXPECT_EQ(expired, 4);
}

TEST(TimerWheel, any_deadlines_within_its_span_expire_within_two_ticks) {
  std::mt19937 random(1);
  TimerWheel wheel(0);
  std::map<std::uint32_t, std::int64_t> deadlines;
  for (std::uint32_t slot = 0; slot < 1'000; ++slot) {
    deadlines[slot] = 100 + static_cast<std::int64_t>(random() % 50'000);
    wheel.arm(slot, deadlines[slot]);
  }
  for (std::int64_t now_ms = 0; now_ms < 52'000; now_ms += 7) {
    wheel.advance(now_ms, [&](std::uint32_t slot) {
      EXPECT_GE(now_ms, deadlines[slot]);
      EXPECT_LE(now_ms, deadlines[slot] + 2 * TimerWheel::kTickMs);
      deadlines.erase(slot);
    });
  }
  EXPECT_TRUE(deadlines.empty());
}

}  // namespace
}  // namespace wsf::ws
