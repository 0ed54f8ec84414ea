#include "protocol/fx_rates.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace wsf::protocol {
namespace {

TEST(FxRatesReplies, the_welcome_names_the_session) {
  EXPECT_EQ(connected("0f8f2a6e-95c1-4d3b-9a57-3b6c3b1f7c11"),
            R"({"type":"connected","message":"Connected to FX Rates WebSocket",)"
            R"("sessionId":"0f8f2a6e-95c1-4d3b-9a57-3b6c3b1f7c11"})");
}

TEST(FxRatesReplies, the_limit_is_named_in_its_error) {
  EXPECT_EQ(
      limit_error(50, ""),
      R"({"type":"error","message":"Subscription limit of 50 currency pairs exceeded","code":"subscription_limit"})");
}

TEST(FxRatesReplies, the_limit_error_carries_the_id_last) {
  EXPECT_EQ(limit_error(1, "\"a\""), R"({"type":"error","message":"Subscription limit of 1 currency pairs exceeded",)"
                                     R"("code":"subscription_limit","id":"a"})");
}

TEST(FxRatesReplies, a_stale_pair_has_a_time_and_a_live_one_needs_none) {
  EXPECT_EQ(stale("EURUSD", 1705315800000), R"({"type":"stale","currencyPair":"EURUSD","since":1705315800000})");
  EXPECT_EQ(live("EURUSD"), R"({"type":"live","currencyPair":"EURUSD"})");
}

TEST(FxRatesReplies, times_beyond_32_bits_are_whole) {
  EXPECT_EQ(pong(4102444800000, ""), R"({"type":"pong","timestamp":"4102444800000"})");
}

TEST(FxRatesReplies, bytes_that_are_no_utf8_become_the_replacement_character) {
  const auto reply = nlohmann::json::parse(error("a\xFF\"b", "x", ""));
  EXPECT_EQ(reply["message"], "a\xEF\xBF\xBD\"b");
}

}  // namespace
}  // namespace wsf::protocol
