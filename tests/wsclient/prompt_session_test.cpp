#include "wsclient/prompt_session.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kUpdate =
    R"({"type":"rateUpdate","event":{"fxRate":{"currencyPair":"EURUSD","rate":1.0850,"bid":1.0845,"ask":1.0855}}})";

constexpr Extras kAll{.snapshot = true, .meta = true};

std::string ask(PromptSession& session, std::string_view line, std::int64_t now_us = 0) {
  return session.request_of(*parse_prompt_command(line), now_us);
}

std::string hear(PromptSession& session, std::string_view raw, std::int64_t now_us = 0) {
  return session.on_message(raw, "14:03:12.345", now_us);
}

TEST(prompt_session, a_subscription_is_asked_for_with_its_extras) {
  PromptSession session(kAll);
  EXPECT_EQ(ask(session, "subscribe EURUSD"),
            R"({"action":"subscribe","currencyPairs":["EURUSD"],"snapshot":true,"meta":true})");
}

TEST(prompt_session, extras_that_nobody_wants_are_not_asked_for_not_even_after_a_reconnect) {
  PromptSession session({});
  constexpr const char* kPlain = R"({"action":"subscribe","currencyPairs":["EURUSD"]})";
  EXPECT_EQ(ask(session, "subscribe EURUSD"), kPlain);
  EXPECT_EQ(session.resubscription(true), kPlain);
}

TEST(prompt_session, a_reconnect_asks_again_for_what_is_still_wanted) {
  PromptSession session(kAll);
  EXPECT_EQ(session.resubscription(true), std::nullopt);
  ask(session, "subscribe EURUSD USDJPY");
  ask(session, "unsubscribe EURUSD");
  session.disconnected();
  EXPECT_THAT(session.resubscription(true).value_or(""), HasSubstr(R"(["USDJPY"])"));
}

TEST(prompt_session, a_reconnect_resumes_where_positions_are_known) {
  PromptSession session(kAll);
  ask(session, "subscribe EURUSD USDJPY");
  hear(session,
       R"({"type":"rateUpdate","event":{"fxRate":{"currencyPair":"EURUSD","rate":1}},"meta":{"offset":"3-4"}})");
  EXPECT_THAT(session.resubscription(true).value_or(""), HasSubstr(R"("resume":{"EURUSD":"3-4"})"));
  EXPECT_THAT(session.resubscription(false).value_or(""), Not(HasSubstr("resume")));
}

TEST(prompt_session, what_is_refused_as_a_whole_is_not_subscribed) {
  PromptSession session(kAll);
  ask(session, "subscribe EURUSD");
  ask(session, "subscribe EURUSD USDJPY");
  hear(session, R"({"type":"subscribed","currencyPairs":["EURUSD"]})");
  hear(session, R"({"type":"error","code":"subscription_limit","message":"Subscription limit"})");
  EXPECT_THAT(session.subscribed(), ElementsAre("EURUSD"));
  EXPECT_TRUE(session.was_refused());
  EXPECT_FALSE(session.awaits_answers());
}

TEST(prompt_session, what_is_refused_in_part_is_one_request) {
  PromptSession session(kAll);
  ask(session, "subscribe EURUSD USDJPY");
  ask(session, "ping");
  hear(session, R"({"type":"subscribed","currencyPairs":["EURUSD"]})");
  hear(session, R"({"type":"error","code":"invalid_pair","currencyPairs":["USDJPY"]})");
  EXPECT_THAT(session.subscribed(), ElementsAre("EURUSD"));
  EXPECT_TRUE(session.awaits_answers());
  hear(session, R"({"type":"pong"})");
  EXPECT_FALSE(session.awaits_answers());
}

TEST(prompt_session, pongs_are_timed_in_the_order_of_the_pings) {
  PromptSession session(kAll);
  ask(session, "ping", 1'000);
  ask(session, "ping", 2'000);
  EXPECT_EQ(hear(session, R"({"type":"pong"})", 5'000), "pong after 4 ms");
  EXPECT_EQ(hear(session, R"({"type":"pong"})", 5'000), "pong after 3 ms");
  EXPECT_FALSE(session.awaits_answers());
}

TEST(prompt_session, messages_are_put_into_words) {
  PromptSession session(kAll);
  EXPECT_EQ(hear(session, kUpdate), "14:03:12.345 EURUSD 1.0850 bid 1.0845 ask 1.0855");
  EXPECT_EQ(hear(session, R"({"type":"subscribed","currencyPairs":["EURUSD","USDJPY"]})"),
            "subscribed EURUSD USDJPY");
  EXPECT_EQ(hear(session, R"({"type":"error","message":"Unknown action: x"})"), "error: Unknown action: x");
  EXPECT_EQ(hear(session, R"({"type":"novelty","n":1})"), R"({"type":"novelty","n":1})");
  EXPECT_EQ(hear(session, "no JSON\x1b[2J"), "no JSON?[2J");
}

TEST(prompt_session, pairs_that_were_seen_can_be_completed) {
  PromptSession session(kAll);
  hear(session, R"({"type":"rateUpdate","event":{"fxRate":{"currencyPair":"SEKNOK","rate":1}}})");
  EXPECT_THAT(session.known_names(), Contains("SEKNOK"));
  EXPECT_THAT(session.known_names(), Contains("EURUSD"));
}

TEST(prompt_session, an_update_is_no_answer) {
  PromptSession session(kAll);
  ask(session, "subscribe EURUSD");
  hear(session, kUpdate);
  EXPECT_TRUE(session.awaits_answers());
  hear(session, R"({"type":"subscribed","currencyPairs":["EURUSD"]})");
  EXPECT_FALSE(session.awaits_answers());
}

TEST(prompt_session, quotes_are_asked_for_in_their_own_words) {
  PromptSession session(kAll, *prompt_language(Protocol::quotes));
  EXPECT_EQ(ask(session, "ping"), R"({"type":"ping"})");
  const auto command = *parse_prompt_command("subscribe AAPL", session.language());
  EXPECT_EQ(session.request_of(command, 0), R"({"type":"subscribe","symbols":["AAPL"],"snapshot":true})");
  EXPECT_EQ(session.resubscription(true), R"({"type":"subscribe","symbols":["AAPL"],"snapshot":true})");
  EXPECT_THAT(session.known_names(), Contains("MSFT"));
}

TEST(prompt_session, quotes_and_heartbeats_are_no_answers) {
  PromptSession session({}, *prompt_language(Protocol::quotes));
  ask(session, "ping");
  EXPECT_EQ(hear(session, R"({"type":"quote","symbol":"AAPL","price":150.250,"change":1.5})"),
            "14:03:12.345 AAPL 150.250 +1.50");
  EXPECT_EQ(hear(session, R"({"type":"heartbeat"})"), "14:03:12.345 heartbeat");
  EXPECT_THAT(hear(session, R"({"error":"connection_lost"})"), HasSubstr("lost the source of its quotes"));
  EXPECT_TRUE(session.awaits_answers());
  EXPECT_FALSE(session.was_refused());
}

TEST(prompt_session, symbols_that_are_refused_one_by_one_are_one_request) {
  PromptSession session({}, *prompt_language(Protocol::quotes));
  const auto subscribe = [&](const char* line) {
    session.request_of(*parse_prompt_command(line, session.language()), 0);
  };
  subscribe("subscribe AAPL X Y");
  subscribe("subscribe Z W");
  ask(session, "ping");
  hear(session, R"({"type":"subscribed","symbols":["AAPL"]})");
  for (const char* symbol : {"X", "Y", "Z", "W"})
    hear(session,
         fmt::format(R"({{"type":"error","message":"Symbol {} not allowed for your subscription"}})", symbol));
  EXPECT_THAT(session.subscribed(), ElementsAre("AAPL"));
  EXPECT_TRUE(session.awaits_answers());
  hear(session, R"({"type":"pong"})");
  EXPECT_FALSE(session.awaits_answers());
}

}  // namespace
}  // namespace wsf::wsclient
