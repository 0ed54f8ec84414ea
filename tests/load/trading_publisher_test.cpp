#include "load/trading_publisher.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;

struct KeptMessages : TradingOutput {
  bool open = true;
  std::vector<std::string> texts;

  bool put(const TradingMessage& message) override {
    if (open) texts.push_back(message.text);
    return open;
  }
};

struct TradingPublisherTest : ::testing::Test {
  TradingPublisher publisher(TradingPlan plan) {
    plan.markets = {"BTC"};
    plan.assessments = {"a"};
    return {plan, output, 1'705'226'400'000'000'000};
  }

  KeptMessages output;
};

TEST_F(TradingPublisherTest, each_message_is_due_at_its_place_in_the_schedule) {
  auto one = publisher({.rate_per_s = 10});
  EXPECT_EQ(one.step(0ms), 100ms);
  EXPECT_EQ(one.step(99ms), 100ms);
  EXPECT_EQ(one.step(250ms), 300ms);
  EXPECT_EQ(output.texts.size(), 3u);
  EXPECT_NEAR(one.lateness().max_ms, 150, 1);
}

TEST_F(TradingPublisherTest, a_late_message_carries_the_time_at_which_it_was_due) {
  auto one = publisher({.rate_per_s = 1});
  one.step(10s);
  EXPECT_NE(output.texts[3].find("2024-01-14T10:00:03.000Z"), std::string::npos);
}

TEST_F(TradingPublisherTest, ends_after_its_count) {
  auto one = publisher({.rate_per_s = 10, .count = 2});
  EXPECT_EQ(one.step(10s), std::nullopt);
  EXPECT_EQ(one.published(), 2u);
}

TEST_F(TradingPublisherTest, ends_before_its_duration) {
  auto one = publisher({.rate_per_s = 10, .duration = 300ms});
  EXPECT_EQ(one.step(10s), std::nullopt);
  EXPECT_EQ(one.published(), 3u);
}

TEST_F(TradingPublisherTest, a_message_that_was_refused_is_offered_again_as_it_was) {
  auto one = publisher({.rate_per_s = 10, .count = 2, .seed = 5});
  output.open = false;
  EXPECT_EQ(one.step(0ms), 1ms);
  EXPECT_EQ(one.published(), 0u);
  output.open = true;
  one.step(1s);
  KeptMessages straight;
  TradingPublisher({.markets = {"BTC"}, .assessments = {"a"}, .rate_per_s = 10, .count = 2, .seed = 5}, straight,
                   1'705'226'400'000'000'000)
      .step(1s);
  EXPECT_EQ(output.texts, straight.texts);
}

}  // namespace
}  // namespace wsf::load
