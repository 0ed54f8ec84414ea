#include "load/trading_publisher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

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

TEST_F(TradingPublisherTest, each_type_of_an_assessment_is_numbered_apart) {
  auto one = publisher({.rate_per_s = 10, .count = 8, .run = "r"});
  one.step(10s);
  EXPECT_THAT(output.texts[0], HasSubstr(R"("load":{"run":"r","seq":1,"due_ns":1705226400000000000}})"));  // a price
  EXPECT_THAT(output.texts[1], HasSubstr(R"("load":{"run":"r","seq":1,)"));                                // pnl
  EXPECT_THAT(output.texts[2], HasSubstr(R"("load":{"run":"r","seq":2,)"));                                // a price
  EXPECT_THAT(output.texts[3], HasSubstr(R"("load":{"run":"r","seq":1,)"));  // a position
  EXPECT_THAT(output.texts[7], HasSubstr(R"("load":{"run":"r","seq":2,)"));  // pnl again
}

TEST_F(TradingPublisherTest, without_a_run_a_message_is_as_the_service_sends_it) {
  publisher({.rate_per_s = 10, .count = 1}).step(10s);
  EXPECT_THAT(output.texts[0], Not(HasSubstr("load")));
}

TEST_F(TradingPublisherTest, without_assessments_there_are_only_prices) {
  TradingPublisher one({.markets = {"BTC", "ETH"}, .rate_per_s = 10, .count = 5, .run = "r"}, output, 0);
  one.step(10s);
  EXPECT_THAT(output.texts, Each(HasSubstr("market_price")));
  EXPECT_THAT(one.due_of_each_key(0s, 10s), ElementsAre(3, 2));
  EXPECT_THAT(one.due_of_each_key(100ms, 300ms), ElementsAre(1, 1));
}

}  // namespace
}  // namespace wsf::load
