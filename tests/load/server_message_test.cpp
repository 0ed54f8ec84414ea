#include "load/server_message.hpp"

#include "protocol/fx_rates.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

TEST(ServerMessage, a_subscription_asks_for_what_is_wanted_and_no_more) {
  EXPECT_EQ(subscribe_message({.pairs = {"EURUSD", "GBPUSD"}}),
            R"({"action":"subscribe","currencyPairs":["EURUSD","GBPUSD"]})");
  EXPECT_EQ(subscribe_message({.pairs = {"EURUSD"}, .meta = true, .resume = R"("EURUSD":"0-7")"}),
            R"({"action":"subscribe","currencyPairs":["EURUSD"],"meta":true,"resume":{"EURUSD":"0-7"}})");
}

TEST(ServerMessage, an_answer_tells_of_each_pair_whether_it_was_resumed) {
  const std::string answer = protocol::subscribed({"EURUSD", "GBPUSD"}, "", {{"EURUSD", true}, {"GBPUSD", false}});
  EXPECT_EQ(recovery_of("EURUSD", answer), true);
  EXPECT_EQ(recovery_of("GBPUSD", answer), false);
  EXPECT_EQ(recovery_of("USDJPY", answer), std::nullopt);
  EXPECT_EQ(recovery_of("EURUSD", protocol::subscribed({"EURUSD"}, "", {})), std::nullopt);
}

}  // namespace
}  // namespace wsf::load
