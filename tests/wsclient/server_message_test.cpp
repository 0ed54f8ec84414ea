#include "wsclient/server_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using ::testing::ElementsAre;

constexpr const char* kUpdate =
    R"({"type":"rateUpdate","event":{"eventId":"1","eventType":"FxRateUpdated","timestamp":"2024-01-15T10:30:00.000Z",)"
    R"("fxRate":{"currencyPair":"EURUSD","rate":1.0850,"bid":1.0845,"ask":1.0855,)"
    R"("timestamp":"1999-01-01T00:00:00.000Z","source":"x","confidenceScore":0.95}}})";

TEST(server_message, an_update_keeps_the_digits_that_were_sent) {
  const auto message = parse_server_message(kUpdate);
  ASSERT_TRUE(message);
  ASSERT_TRUE(message->update);
  EXPECT_EQ(message->update->pair, "EURUSD");
  EXPECT_EQ(message->update->rate.text, "1.0850");
  EXPECT_DOUBLE_EQ(message->update->rate.value, 1.085);
  EXPECT_EQ(message->update->rate.decimals(), 4);
  EXPECT_EQ(message->update->event_ms, 1705314600000);
  EXPECT_FALSE(message->update->snapshot);
  EXPECT_FALSE(message->update->meta);
}

TEST(server_message, an_update_with_extensions_carries_them) {
  const auto message = parse_server_message(
      R"({"type":"rateUpdate","event":{"fxRate":{"currencyPair":"EURUSD","rate":1}},"snapshot":true,)"
      R"("meta":{"offset":"3-12","prev":"3-9","kafka":1705314600000,"sent":1705314600005,"conflated":2}})");
  ASSERT_TRUE(message && message->update && message->update->meta);
  EXPECT_TRUE(message->update->snapshot);
  EXPECT_EQ(message->update->meta->offset, (base::Position{3, 12}));
  EXPECT_EQ(message->update->meta->prev, (base::Position{3, 9}));
  EXPECT_EQ(message->update->meta->kafka_ms, 1705314600000);
  EXPECT_EQ(message->update->meta->conflated, 2u);
}

TEST(server_message, a_null_prev_is_none) {
  const auto message = parse_server_message(
      R"({"type":"rateUpdate","event":{"fxRate":{"currencyPair":"EURUSD"}},"meta":{"offset":"0-0","prev":null}})");
  ASSERT_TRUE(message && message->update && message->update->meta);
  EXPECT_EQ(message->update->meta->prev, std::nullopt);
}

TEST(server_message, answers_and_errors_keep_their_words_and_pairs) {
  const auto message = parse_server_message(
      R"({"type":"error","message":"Invalid currency pair: X","code":"invalid_pair","currencyPairs":["X","Y"]})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, "error");
  EXPECT_EQ(message->message, "Invalid currency pair: X");
  EXPECT_EQ(message->code, "invalid_pair");
  EXPECT_THAT(message->pairs, ElementsAre("X", "Y"));
}

TEST(server_message, a_gap_has_two_ends_or_one) {
  const auto gap = parse_server_message(R"({"type":"gap","currencyPair":"EURUSD","from":"3-12","to":"1.3-30"})");
  ASSERT_TRUE(gap && gap->gap);
  EXPECT_EQ(gap->pair, "EURUSD");
  EXPECT_EQ(gap->gap->from, (base::Position{3, 12}));
  EXPECT_EQ(gap->gap->to, (base::Position{3, 30, 1}));
  EXPECT_EQ(parse_server_message(R"({"type":"gap","currencyPair":"EURUSD","from":"3-12","to":null})")->gap->to,
            std::nullopt);
}

TEST(server_message, a_subscription_tells_what_was_recovered) {
  const auto answer = parse_server_message(
      R"({"type":"subscribed","currencyPairs":["EURUSD","USDJPY"],"recovered":{"EURUSD":true,"USDJPY":false}})");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->recovered, ElementsAre(std::pair("EURUSD", true), std::pair("USDJPY", false)));
}

TEST(server_message, members_of_an_event_are_not_those_of_the_message) {
  const auto message = parse_server_message(
      R"({"type":"rateUpdate","event":{"type":"x","snapshot":true,"fxRate":{"currencyPair":"EURUSD"}}})");
  ASSERT_TRUE(message && message->update);
  EXPECT_EQ(message->type, "rateUpdate");
  EXPECT_FALSE(message->update->snapshot);
}

TEST(server_message, without_a_pair_there_is_no_update_to_show) {
  EXPECT_FALSE(parse_server_message(R"({"type":"rateUpdate","event":{}})")->update);
}

TEST(server_message, what_is_no_object_is_an_error) {
  for (const char* text : {"", "hello", "[1]", "1", "{", R"({"a":})"})
    EXPECT_FALSE(parse_server_message(text)) << text;
}

TEST(server_message, depth_costs_nothing) {
  const std::string deep = R"({"type":"x","a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(parse_server_message(deep)->type, "x");
}

TEST(server_message, a_quote_is_an_update_with_the_digits_that_were_sent) {
  const auto message = parse_server_message(
      R"({"type":"quote","symbol":"AAPL","price":150.250,"change":-1.5,"timestamp":"2025-10-27T10:30:00Z"})");
  ASSERT_TRUE(message && message->update);
  EXPECT_EQ(message->update->pair, "AAPL");
  EXPECT_EQ(message->update->rate.text, "150.250");
  EXPECT_EQ(message->update->change.value, -1.5);
  EXPECT_EQ(message->update->event_ms, 1'761'561'000'000);
  EXPECT_FALSE(parse_server_message(R"({"type":"quote","symbol":"a b","price":1})")->update);
  EXPECT_FALSE(parse_server_message(R"({"type":"quote","symbol":"AAPL"})")->update);
}

TEST(server_message, an_error_without_a_type_is_one) {
  const auto message = parse_server_message(R"({"error":"service_unavailable"})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, "error");
  EXPECT_EQ(message->code, "service_unavailable");
}

TEST(server_message, a_denied_symbol_is_named_by_the_words_alone) {
  const auto denied =
      parse_server_message(R"({"type":"error","message":"Symbol BRK.B not allowed for your subscription"})");
  EXPECT_THAT(denied->pairs, ::testing::ElementsAre("BRK.B"));
}

}  // namespace
}  // namespace wsf::wsclient
