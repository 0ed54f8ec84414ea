#include "load/trading_walk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

namespace wsf::load {
namespace {

using ::testing::MatchesRegex;

constexpr std::int64_t kAt_ms = 1'705'226'400'000;

std::vector<TradingMessage> first(std::size_t count, TradingWalk& walk) {
  std::vector<TradingMessage> out;
  for (std::size_t i = 0; i < count; i++) out.push_back(walk.next(kAt_ms));
  return out;
}

std::vector<std::string> texts(std::size_t count, std::uint64_t seed) {
  TradingWalk walk({"BTC"}, {"a"}, seed);
  std::vector<std::string> out;
  for (const auto& message : first(count, walk)) out.push_back(message.text);
  return out;
}

double number(const std::string& text, const std::string& name) {
  std::smatch found;
  EXPECT_TRUE(std::regex_search(text, found, std::regex("\"" + name + "\":(-?[0-9.]+)"))) << name << " in " << text;
  return std::stod(found[1]);
}

TEST(TradingWalk, every_other_message_is_a_price_of_each_market_in_turn) {
  TradingWalk walk({"BTC", "ETH"}, {"a"}, 1);
  const auto messages = first(6, walk);
  EXPECT_EQ(messages[0].key, "BTC");
  EXPECT_EQ(messages[2].key, "ETH");
  EXPECT_EQ(messages[4].key, "BTC");
  for (std::size_t i = 0; i < 6; i++) EXPECT_EQ(messages[i].topic == TradingTopic::prices, i % 2 == 0);
}

TEST(TradingWalk, assessments_take_turns_between_the_prices) {
  TradingWalk walk({"BTC"}, {"a", "b"}, 1);
  const auto messages = first(8, walk);
  EXPECT_EQ(messages[1].key, "a");
  EXPECT_EQ(messages[3].key, "b");
  EXPECT_EQ(messages[5].key, "a");
}

TEST(TradingWalk, all_six_kinds_come_within_eight_messages_of_an_assessment) {
  TradingWalk walk({"BTC"}, {"a"}, 1);
  std::set<TradingTopic> kinds;
  for (const auto& message : first(16, walk)) kinds.insert(message.topic);
  EXPECT_EQ(kinds.size(), protocol::kTradingTopics.size());
}

TEST(TradingWalk, messages_have_the_members_of_their_kind) {
  TradingWalk walk({"BTC"}, {"assessment-1"}, 1);
  std::map<TradingTopic, std::string> by_topic;
  for (const auto& message : first(16, walk)) by_topic[message.topic] = message.text;
  const std::string end = R"(,"timestamp":"2024-01-14T10:00:00\.000Z"\})";
  const std::string whose = R"("assessmentId":"assessment-1",)";
  const std::string decimal = "-?[0-9]+\\.[0-9][0-9]";
  EXPECT_THAT(by_topic[TradingTopic::prices],
              MatchesRegex(R"(\{"type":"market_price","market":"BTC","price":)" + decimal + end));
  EXPECT_THAT(by_topic[TradingTopic::pnl],
              MatchesRegex(R"(\{"type":"pnl_update",)" + whose + R"("unrealizedPnl":)" + decimal +
                           R"(,"realizedPnl":)" + decimal + R"(,"currentBalance":)" + decimal + end));
  EXPECT_THAT(by_topic[TradingTopic::positions],
              MatchesRegex(R"(\{"type":"position_update",)" + whose +
                           R"x("positionId":"position-[0-9]+","market":"BTC","side":"(long|short)","quantity":)x" +
                           decimal + R"(,"entryPrice":)" + decimal + R"(,"unrealizedPnl":)" + decimal + end));
  EXPECT_THAT(by_topic[TradingTopic::rules],
              MatchesRegex(R"(\{"type":"rule_status",)" + whose + R"("rule":"drawdown","value":)" + decimal +
                           R"x(,"threshold":0\.20,"status":"(ok|warning)")x" + end));
  EXPECT_THAT(by_topic[TradingTopic::violations],
              MatchesRegex(R"(\{"type":"violation",)" + whose + R"("rule":"drawdown_violation","value":)" + decimal +
                           R"(,"threshold":0\.20)" + end));
  EXPECT_THAT(by_topic[TradingTopic::assessments],
              MatchesRegex(R"(\{"type":"assessment_update",)" + whose + R"x("status":"(passed|failed)")x" + end));
}

TEST(TradingWalk, a_violation_lies_above_its_threshold_and_a_rule_below) {
  for (std::uint64_t seed = 1; seed < 50; seed++) {
    for (const std::string& text : texts(16, seed)) {
      if (text.find("\"violation\"") != std::string::npos) {
        EXPECT_GT(number(text, "value"), 0.20);
      }
      if (text.find("\"rule_status\"") != std::string::npos) {
        EXPECT_LT(number(text, "value"), 0.20);
      }
    }
  }
}

TEST(TradingWalk, the_balance_is_what_was_won_and_is_open) {
  TradingWalk walk({"BTC"}, {"a"}, 3);
  for (const auto& message : first(400, walk)) {
    if (message.topic != TradingTopic::pnl) continue;
    const double sum = 10'000 + number(message.text, "realizedPnl") + number(message.text, "unrealizedPnl");
    EXPECT_NEAR(number(message.text, "currentBalance"), sum, 0.001);
  }
}

TEST(TradingWalk, prices_walk_in_small_steps_and_do_not_run_away) {
  TradingWalk walk({"BTC"}, {"a"}, 7);
  double last = 42'500;
  for (const auto& message : first(20'000, walk)) {
    if (message.topic != TradingTopic::prices) continue;
    const double price = number(message.text, "price");
    EXPECT_LT(std::abs(price / last - 1), 0.001);
    EXPECT_NEAR(price, 42'500, 4'250);
    last = price;
  }
}

TEST(TradingWalk, the_same_seed_makes_the_same_messages) {
  EXPECT_EQ(texts(50, 7), texts(50, 7));
  EXPECT_NE(texts(50, 7), texts(50, 8));
}

}  // namespace
}  // namespace wsf::load
