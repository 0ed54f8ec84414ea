#include "fanout/trading/trading_fixture.hpp"

#include <gmock/gmock.h>

namespace wsf::fanout {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kAOne = R"(,"assessments":["a-1"])";

TEST_F(TradingTest, the_welcome_names_the_user_and_comes_first) {
  reach_head();
  const std::string bytes = request(1, "assessmentId=a-1");
  EXPECT_THAT(texts_in(bytes.substr(bytes.find("\r\n\r\n") + 4)),
              ElementsAre(testing::AllOf(StartsWith(R"({"type":"connected","connectionId":")"),
                                         HasSubstr(R"("userId":"ada")"))));
}

TEST_F(TradingTest, prices_go_to_everybody_and_events_to_the_connections_of_their_assessment) {
  open(1, "assessmentId=a-1");
  open(2, "assessmentId=a-2");
  open(3);
  log({price("BTC", 1), pnl("a-1", 2), pnl("a-3", 3)});
  EXPECT_THAT(heard(1), ElementsAre(price("BTC", 1), pnl("a-1", 2)));
  EXPECT_THAT(heard(2), ElementsAre(price("BTC", 1)));
  EXPECT_THAT(heard(3), ElementsAre(price("BTC", 1)));
}

TEST_F(TradingTest, without_an_assessment_the_tokens_own_are_heard) {
  open(1, "", R"(,"assessments":["a-1","a-2"])");
  log({pnl("a-1", 1), pnl("a-2", 2), pnl("a-3", 3)});
  EXPECT_THAT(heard(1), ElementsAre(pnl("a-1", 1), pnl("a-2", 2)));
}

TEST_F(TradingTest, a_request_for_what_it_may_not_have_or_cannot_mean_is_refused_before_the_upgrade) {
  EXPECT_THAT(request(1, "assessmentId=a-2", kAOne), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(request(2, "assessmentId=a%2F2"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(request(3, "assessmentId=a-1&assessmentId=a-2"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(request(4, "since=nowhere"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(request(5, "assessmentId=a-1", kAOne), StartsWith("HTTP/1.1 101 "));
}

TEST_F(TradingTest, positions_come_only_to_those_who_asked) {
  open(1, "assessmentId=a-1&meta=1");
  open(2, "assessmentId=a-1");
  log({pnl("a-1", 1)});
  EXPECT_THAT(heard(1), ElementsAre(HasSubstr(R"("pnl":1,"position":"trading.pnl:0-0"})")));
  EXPECT_THAT(heard(2), ElementsAre(pnl("a-1", 1)));
}

TEST_F(TradingTest, of_a_client_that_does_not_keep_up_only_prices_are_conflated) {
  open(1, "assessmentId=a-1");
  kernel[1].takes = 0;
  log({price("BTC", 1), price("ETH", 1), pnl("a-1", 1)});
  pass(1'500);
  log({price("BTC", 2), pnl("a-1", 2), price("BTC", 3)});
  unblock(1);
  const auto texts = heard(1);
  EXPECT_THAT(texts, IsSupersetOf({price("BTC", 3), price("ETH", 1), pnl("a-1", 1), pnl("a-1", 2)}));
  EXPECT_THAT(texts, Not(Contains(price("BTC", 2))));
}

TEST_F(TradingTest, prices_that_name_no_market_do_not_stand_for_each_other) {
  open(1);
  kernel[1].takes = 0;
  log({R"({"type":"market_price","n":1})"});
  pass(1'500);
  log({R"({"type":"market_price","n":2})", R"({"type":"market_price","n":3})"});
  unblock(1);
  EXPECT_THAT(heard(1), IsSupersetOf({R"({"type":"market_price","n":2})", R"({"type":"market_price","n":3})"}));
}

TEST_F(TradingTest, who_cannot_take_its_events_is_closed_with_a_gap_and_loses_none_before_it) {
  open(1, "assessmentId=a-1");
  kernel[1].takes = 0;
  for (int i = 0; i < 40; ++i) log({pnl("a-1", i)});
  unblock(1);
  const auto texts = heard(1);
  ASSERT_GE(texts.size(), 2U);
  EXPECT_EQ(texts.back(), "close 4002");
  for (std::size_t i = 0; i + 1 < texts.size(); ++i) EXPECT_EQ(texts[i], pnl("a-1", static_cast<int>(i)));
}

TEST_F(TradingTest, who_cannot_take_the_events_of_one_batch_is_closed_without_waiting_for_another) {
  open(1, "assessmentId=a-1");
  kernel[1].takes = 0;
  std::vector<std::string> events;
  for (int i = 0; i < 40; ++i) events.push_back(pnl("a-1", i));
  log(events);
  pass(100);
  unblock(1);
  events.emplace_back("close 4002");
  EXPECT_EQ(heard(1), events);
}

TEST_F(TradingTest, a_ping_comes_at_each_interval_and_any_message_is_a_sign_of_life) {
  const auto is_ping = StartsWith(R"({"type":"ping","timestamp":)");
  open(1);
  open(2);
  pass(30'000);
  EXPECT_THAT(heard(1), ElementsAre(is_ping));
  EXPECT_THAT(ask(2, R"({"type":"pong"})"), ElementsAre(is_ping));
  pass(30'000);
  EXPECT_THAT(heard(1), ElementsAre("close 1001"));
  EXPECT_THAT(ask(2, "1"), ElementsAre(is_ping, HasSubstr("invalid_json")));
  pass(30'000);
  EXPECT_THAT(heard(2), ElementsAre(is_ping));
  pass(30'000);
  EXPECT_THAT(heard(2), ElementsAre("close 1001"));
  EXPECT_EQ(app.counters().heartbeat_failures.value(), 2U);
}

TEST_F(TradingTest, a_clients_ping_is_answered_and_nonsense_is_an_error) {
  open(1);
  EXPECT_THAT(ask(1, R"({"type":"ping"})"), ElementsAre(StartsWith(R"({"type":"pong","timestamp":)")));
  EXPECT_THAT(ask(1, "nonsense"), ElementsAre(HasSubstr(R"("code":"invalid_json")")));
  EXPECT_THAT(ask(1, R"({"type":"buy"})"), ElementsAre(HasSubstr(R"("code":"unknown_type")")));
}

TEST_F(TradingTest, a_client_that_comes_back_gets_what_it_missed_of_its_assessment_and_then_the_news) {
  reach_head();
  log({pnl("a-1", 0), pnl("a-2", 1), pnl("a-1", 2), price("BTC", 3), pnl("a-1", 4)});
  EXPECT_THAT(open(1, "assessmentId=a-1&since=trading.pnl:0-0"), ElementsAre(pnl("a-1", 2), pnl("a-1", 4)));
  log({pnl("a-1", 5)});
  EXPECT_THAT(heard(1), ElementsAre(pnl("a-1", 5)));
  EXPECT_EQ(app.counters().replayed.value(), 2U);
}

TEST_F(TradingTest, what_the_buffer_no_longer_holds_is_told_before_what_it_holds) {
  reach_head();
  log({pnl("a-1", 0), pnl("a-1", 1), pnl("a-1", 2), pnl("a-1", 3), pnl("a-1", 4)});
  EXPECT_THAT(open(1, "assessmentId=a-1&meta=1&since=trading.pnl:0-0"),
              ElementsAre(R"({"type":"gap","assessmentId":"a-1","since":"trading.pnl:0-0"})",
                          HasSubstr("trading.pnl:0-2"), HasSubstr("trading.pnl:0-3"), HasSubstr("trading.pnl:0-4")));
}

TEST_F(TradingTest, a_client_that_comes_back_before_the_head_waits_for_it_and_gets_nothing_twice) {
  history({pnl("a-1", 0)});
  EXPECT_THAT(open(1, "assessmentId=a-1&since=trading.pnl:0-0"), IsEmpty());
  history({pnl("a-1", 1)});
  log({pnl("a-1", 2)});
  EXPECT_THAT(heard(1), ElementsAre(pnl("a-1", 2)));
  reach_head();
  EXPECT_THAT(heard(1), ElementsAre(pnl("a-1", 1)));
}

TEST_F(TradingTest, a_head_that_is_never_reached_is_not_waited_for_for_ever) {
  history({pnl("a-1", 0), pnl("a-1", 1)});
  EXPECT_THAT(open(1, "assessmentId=a-1&since=trading.pnl:0-0"), IsEmpty());
  pass(Trading::kPatienceMs);
  EXPECT_THAT(heard(1), ElementsAre(pnl("a-1", 1)));
}

TEST_F(TradingTest, events_from_before_the_start_are_no_news) {
  open(1, "assessmentId=a-1");
  history({pnl("a-1", 0), price("BTC", 1)});
  EXPECT_THAT(heard(1), IsEmpty());
}

TEST_F(TradingTest, a_new_token_that_names_fewer_assessments_leaves_the_others) {
  open(1, "", R"(,"assessments":["a-1","a-2"])");
  const std::string renewal = fmt::format(R"({{"action":"auth","token":"{}","id":7}})", token(kAOne));
  EXPECT_THAT(ask(1, renewal), ElementsAre(HasSubstr(R"("id":7)")));
  log({pnl("a-1", 1), pnl("a-2", 2)});
  EXPECT_THAT(heard(1), ElementsAre(pnl("a-1", 1)));
}

TEST_F(TradingTest, a_session_that_ends_takes_its_subscriptions_along) {
  open(1, "assessmentId=a-1");
  EXPECT_EQ(app.counters().subscriptions.value(), 2) << "to everybody's prices, and to its assessment";
  kernel[1].peer_ended = true;
  sessions.on_ready(kernel.readable(1));
  EXPECT_EQ(app.counters().subscriptions.value(), 0);
  EXPECT_EQ(app.counters().connections.value(), 0);
  log({pnl("a-1", 1), price("BTC", 2)});
  EXPECT_EQ(app.counters().updates_sent.value(), 0U);
}

}  // namespace
}  // namespace wsf::fanout
