// quotes on one shard, between scripted sockets and a source that a test speaks for.

#include "fanout/quotes/quotes.hpp"

#include "auth/key_store.hpp"
#include "base/clock.hpp"
#include "fanout/quotes/counted_source.hpp"
#include "fanout/sockets_fixture.hpp"
#include "protocol/replies.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kSecret = "thirty-two bytes or more of a secret";

// `claims` begins with a comma.
std::string token(std::string_view claims = "") {
  const std::int64_t expires_s = base::epoch_ms() / 1000 + 300;
  return auth::sign(fmt::format(R"({{"sub":"ada","exp":{}{}}})", expires_s, claims), kSecret).value();
}

class QuotesTest : public SocketsTest {
 protected:
  QuotesTest() : SocketsTest({}, small_outbox()) {
    quotes.max_subscriptions = 3;
    route.keys = &keys;
    serve(app);
    feed.rise();
  }

  std::vector<std::string> open(int fd, std::string_view query = "", std::string_view claims = "") {
    return enter(fd, fmt::format("/ws/market-data{}", query), "Authorization: Bearer " + token(claims) + "\r\n");
  }
  std::vector<std::string> ask(int fd, std::string_view text) {
    receive(fd, client_text(text));
    return heard(fd);
  }
  std::vector<std::string> subscribe(int fd, std::string_view symbols) {
    return ask(fd, fmt::format(R"({{"type":"subscribe","symbols":[{}]}})", symbols));
  }
  void end(int fd) {
    kernel[fd].peer_ended = true;
    sessions.on_ready(kernel.readable(fd));
  }
  void publish(std::string_view symbol, const protocol::Quote& quote) {
    auto batch = std::make_shared<hub::UpdateBatch>();
    batch->updates.emplace_back();
    batch->updates[0].key = symbol;
    batch->updates[0].payload = protocol::packed(quote);
    app.on_batch(batch);
    sessions.flush();
  }
  void pass(std::int64_t ms) {
    SocketsTest::pass(ms);
    app.on_tick();
    sessions.flush();
  }
  void lose_feed(std::int64_t ago_ms) {
    feed.fall();
    feed.down_since_ms = base::steady_ms() - ago_ms;
  }

  QuotesOptions quotes;
  auth::KeyStore keys{{.secret = kSecret}};
  Route route{.options = quotes.route};
  CountedSource source;
  ChannelFeedState feed;
  Quotes app{quotes, feed, source, reception, route};
};

const protocol::Quote kQuote{"150.250", "-2.50", "-1.6", 1'761'561'000'000};
const std::string kPlain = R"({"type":"quote","symbol":"AAPL","price":150.250,"timestamp":"2025-10-27T10:30:00Z"})";
const std::string kWhole = R"({"type":"quote","symbol":"AAPL","price":150.250,"change":-2.50,"change_percent":-1.6,)"
                           R"("timestamp":"2025-10-27T10:30:00Z"})";

TEST_F(QuotesTest, a_quote_goes_to_the_subscribers_of_its_symbol_and_to_nobody_else) {
  EXPECT_THAT(open(1), IsEmpty());
  open(2);
  open(3);
  EXPECT_THAT(subscribe(1, R"("AAPL","MSFT")"), ElementsAre(R"({"type":"subscribed","symbols":["AAPL","MSFT"]})"));
  subscribe(2, R"("MSFT")");
  subscribe(3, R"("AAPL")");
  publish("AAPL", kQuote);
  EXPECT_THAT(heard(1), ElementsAre(kPlain));
  EXPECT_THAT(heard(2), IsEmpty());
  EXPECT_THAT(heard(3), ElementsAre(kPlain));
  EXPECT_EQ(app.counters().updates_sent.value(), 2U);
}

TEST_F(QuotesTest, who_asks_for_all_fields_gets_them) {
  open(1, "?fields=all");
  open(2);
  subscribe(1, R"("AAPL")");
  subscribe(2, R"("AAPL")");
  publish("AAPL", kQuote);
  EXPECT_THAT(heard(1), ElementsAre(kWhole));
  EXPECT_THAT(heard(2), ElementsAre(kPlain));
}

TEST_F(QuotesTest, other_fields_are_refused_before_the_upgrade) {
  EXPECT_THAT(request(1, "/ws/market-data?fields=price", "Authorization: Bearer " + token() + "\r\n"),
              HasSubstr("HTTP/1.1 400"));
}

TEST_F(QuotesTest, a_symbol_is_asked_for_from_its_first_subscriber_to_its_last) {
  open(1);
  open(2);
  subscribe(1, R"("AAPL","MSFT")");
  subscribe(1, R"("AAPL")");
  subscribe(2, R"("AAPL")");
  EXPECT_THAT(source.symbols, ElementsAre(Pair("AAPL", 1), Pair("MSFT", 1)));
  EXPECT_THAT(ask(1, R"({"type":"unsubscribe","symbols":["AAPL"]})"),
              ElementsAre(R"({"type":"unsubscribed","symbols":["AAPL"]})"));
  end(1);
  EXPECT_THAT(source.symbols, ElementsAre(Pair("AAPL", 1)));
  end(2);
  EXPECT_THAT(source.symbols, IsEmpty());
  EXPECT_EQ(app.counters().subscriptions.value(), 0);
}

TEST_F(QuotesTest, nothing_of_a_symbol_comes_after_its_unsubscription) {
  open(1);
  subscribe(1, R"("AAPL")");
  kernel[1].takes = 0;
  publish("AAPL", kQuote);
  receive(1, client_text(R"({"type":"unsubscribe","symbols":["AAPL","MSFT"]})"));
  publish("AAPL", kQuote);
  unblock(1);
  EXPECT_THAT(heard(1).back(), R"({"type":"unsubscribed","symbols":["AAPL","MSFT"]})");
}

TEST_F(QuotesTest, for_a_client_that_is_behind_only_the_newest_quote_of_each_symbol_waits) {
  open(1);
  subscribe(1, R"("AAPL","MSFT")");
  kernel[1].takes = 0;
  for (int i = 1; i <= 40; ++i) {
    publish("AAPL", {std::to_string(i)});
    publish("MSFT", {std::to_string(100 + i)});
  }
  unblock(1);
  const auto texts = heard(1);
  ASSERT_GE(texts.size(), 2U);
  EXPECT_LT(texts.size(), 80U);
  EXPECT_THAT(texts[texts.size() - 2] + texts.back(), HasSubstr(R"("price":40,)"));
  EXPECT_THAT(texts[texts.size() - 2] + texts.back(), HasSubstr(R"("price":140,)"));
}

TEST_F(QuotesTest, a_snapshot_comes_to_those_alone_who_ask_for_it) {
  open(1);
  open(2, "?fields=all");
  subscribe(1, R"("AAPL")");
  publish("AAPL", kQuote);
  heard(1);
  EXPECT_THAT(subscribe(1, R"("AAPL")"), ElementsAre(R"({"type":"subscribed","symbols":["AAPL"]})"));
  EXPECT_THAT(ask(2, R"({"type":"subscribe","symbols":["AAPL","MSFT"],"snapshot":true})"),
              ElementsAre(R"({"type":"subscribed","symbols":["AAPL","MSFT"]})",
                          kWhole.substr(0, kWhole.size() - 1) + R"(,"snapshot":true})"));
}

TEST_F(QuotesTest, invalid_symbols_are_told_and_the_others_are_subscribed) {
  open(1);
  EXPECT_THAT(
      subscribe(1, R"("aapl","MSFT")"),
      ElementsAre(R"({"type":"subscribed","symbols":["MSFT"]})",
                  R"({"type":"error","message":"Invalid symbol: aapl","code":"invalid_symbol","symbols":["aapl"]})"));
  EXPECT_THAT(source.symbols, ElementsAre(Pair("MSFT", 1)));
}

TEST_F(QuotesTest, more_symbols_than_the_limit_change_nothing) {
  const std::string error =
      R"({"type":"error","message":"Subscription limit of 3 symbols exceeded","code":"subscription_limit"})";
  open(1);
  EXPECT_THAT(subscribe(1, R"("A","B","C","D")"), ElementsAre(error));
  subscribe(1, R"("A","B")");
  EXPECT_THAT(subscribe(1, R"("B","C","D")"), ElementsAre(error));
  EXPECT_THAT(source.symbols, ElementsAre(Pair("A", 1), Pair("B", 1)));
  EXPECT_THAT(subscribe(1, R"("B","C")").size(), 1U);
  EXPECT_EQ(app.counters().subscriptions.value(), 3);
}

TEST_F(QuotesTest, a_token_may_allow_fewer_symbols) {
  open(1, "", R"(,"max_subscriptions":1)");
  EXPECT_THAT(subscribe(1, R"("A","B")"), ElementsAre(HasSubstr("limit of 1 symbols")));
}

std::string denied(std::string_view symbol) {
  return fmt::format(
      R"({{"type":"error","message":"Symbol {0} not allowed for your subscription","code":"not_allowed","symbols":["{0}"]}})",
      symbol);
}

TEST_F(QuotesTest, symbols_that_the_tier_does_not_allow_are_refused_one_by_one_and_the_others_are_subscribed) {
  quotes.tiers = QuoteTiers::parse({"basic=AAPL,MSFT", "premium=*"}).value();
  open(1, "", R"(,"tier":"basic")");
  open(2, "", R"(,"tier":"premium")");
  open(3);
  EXPECT_THAT(subscribe(1, R"("TSLA","AAPL","NFLX")"),
              ElementsAre(R"({"type":"subscribed","symbols":["AAPL"]})", denied("TSLA"), denied("NFLX")));
  EXPECT_THAT(subscribe(2, R"("TSLA")"), ElementsAre(R"({"type":"subscribed","symbols":["TSLA"]})"));
  EXPECT_THAT(subscribe(3, R"("AAPL")"), ElementsAre(denied("AAPL")));
  EXPECT_THAT(source.symbols, ElementsAre(Pair("AAPL", 1), Pair("TSLA", 1)));
  EXPECT_EQ(app.counters().denied.value(), 3U);
}

TEST_F(QuotesTest, a_new_token_of_a_lower_tier_ends_what_it_does_not_allow) {
  quotes.tiers = QuoteTiers::parse({"basic=AAPL", "premium=*"}).value();
  open(1, "", R"(,"tier":"premium")");
  subscribe(1, R"("AAPL","TSLA")");
  const auto answers = ask(1, fmt::format(R"({{"action":"auth","token":"{}"}})", token(R"(,"tier":"basic")")));
  EXPECT_THAT(answers, ElementsAre(HasSubstr("authenticated"), denied("TSLA")));
  EXPECT_THAT(source.symbols, ElementsAre(Pair("AAPL", 1)));
}

TEST_F(QuotesTest, who_had_no_message_for_a_while_gets_a_heartbeat) {
  open(1);
  open(2);
  subscribe(1, R"("AAPL")");
  pass(20'000);
  publish("AAPL", kQuote);
  heard(1);
  pass(10'000);
  EXPECT_THAT(heard(1), IsEmpty());
  EXPECT_THAT(heard(2), ElementsAre(protocol::kQuotesHeartbeat));
  pass(20'000);
  EXPECT_THAT(heard(1), ElementsAre(protocol::kQuotesHeartbeat));
  EXPECT_THAT(heard(2), IsEmpty());
  pass(10'000);
  EXPECT_THAT(heard(1), IsEmpty());
  EXPECT_THAT(heard(2), ElementsAre(protocol::kQuotesHeartbeat));
  EXPECT_EQ(app.counters().heartbeats.value(), 3U);
}

TEST_F(QuotesTest, the_sixth_connection_of_a_user_is_closed) {
  for (int fd = 1; fd <= 5; ++fd) EXPECT_THAT(open(fd), IsEmpty());
  EXPECT_THAT(open(6), ElementsAre("close 1008"));
}

TEST_F(QuotesTest, an_outage_is_told_once_when_it_has_lasted_where_clients_stay) {
  open(1);
  lose_feed(4'000);
  pass(50);
  EXPECT_THAT(heard(1), IsEmpty());
  feed.down_since_ms = base::steady_ms() - 5'000;
  pass(50);
  pass(50);
  EXPECT_THAT(heard(1), ElementsAre(protocol::kFeedUnavailable));
  EXPECT_THAT(open(2), ElementsAre(protocol::kFeedUnavailable));
  feed.rise();
  pass(50);
  EXPECT_THAT(subscribe(1, R"("AAPL")"), ElementsAre(R"({"type":"subscribed","symbols":["AAPL"]})"));
}

TEST_F(QuotesTest, an_outage_ends_the_clients_of_a_stream_unless_it_is_back_in_time) {
  source.on_loss = QuoteSource::Loss::ends;
  open(1);
  lose_feed(4'000);
  pass(50);
  feed.rise();
  pass(50);
  EXPECT_THAT(heard(1), IsEmpty());
  lose_feed(5'000);
  pass(50);
  EXPECT_THAT(heard(1), ElementsAre(protocol::kConnectionLost, "close 1013"));
  EXPECT_EQ(app.counters().outage_closes.value(), 1U);
}

TEST_F(QuotesTest, who_comes_while_a_stream_cannot_be_opened_is_told_so_and_closed) {
  source.on_loss = QuoteSource::Loss::ends;
  lose_feed(1'000);
  EXPECT_THAT(open(1), IsEmpty());  // it may be back soon
  feed.down_since_ms = base::steady_ms() - 5'000;
  pass(50);
  EXPECT_THAT(heard(1), ElementsAre(protocol::kServiceUnavailable, "close 1013"));
  EXPECT_THAT(open(2), ElementsAre(protocol::kServiceUnavailable, "close 1013"));
}

}  // namespace
}  // namespace wsf::fanout
