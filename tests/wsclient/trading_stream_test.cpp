#include "wsclient/trading_stream.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct TradingStreamTest : ::testing::Test {
  TradingStreamTest() {
    options.dialect = &dialect_of(Protocol::trading);
    options.command = Options::Command::subscribe;
    options.assessment = "a";
  }

  TradingStream& stream() {
    if (!stream_) stream_ = std::make_unique<TradingStream>(options, Showing{.in_words = true});
    return *stream_;
  }
  Heard hear(const std::string& raw) { return stream().take(raw, 1'705'226'400'000'000); }
  Heard event(const std::string& position) {
    return hear(fmt::format(R"({{"type":"pnl_update","assessmentId":"a","position":"{}"}})", position));
  }
  Heard price(const std::string& market, const std::string& position) {
    return hear(fmt::format(R"({{"type":"market_price","market":"{}","position":"{}"}})", market, position));
  }

  Options options;

 private:
  std::unique_ptr<TradingStream> stream_;
};

TEST_F(TradingStreamTest, asks_for_its_assessment_and_for_positions) {
  EXPECT_EQ(stream().query(), "assessmentId=a&meta=1");
}

TEST_F(TradingStreamTest, without_resume_it_asks_for_no_positions_unless_told_to) {
  options.resume = false;
  options.assessment = "";
  EXPECT_EQ(stream().query(), "");
  options.meta = true;
  EXPECT_EQ(TradingStream(options, {}).query(), "meta=1");
}

TEST_F(TradingStreamTest, a_connection_that_comes_back_names_the_newest_event_of_each_partition) {
  event("trading.pnl:0-4");
  event("trading.pnl:0-5");
  event("trading.pnl:1-2");
  event("trading.rules:0-9");
  price("BTC", "market-data.prices:0-70");
  EXPECT_EQ(stream().query(), "assessmentId=a&meta=1&since=trading.pnl:0-5,trading.pnl:1-2,trading.rules:0-9");
}

TEST_F(TradingStreamTest, before_the_first_event_a_price_tells_since_when) {
  price("BTC", "market-data.prices:0-70");
  price("ETH", "market-data.prices:0-71");
  EXPECT_THAT(stream().query(), HasSubstr("&since=market-data.prices:0-71"));
}

TEST_F(TradingStreamTest, a_request_holds_no_more_positions_than_a_server_reads) {
  for (int i = 0; i < 400; ++i) event(fmt::format("trading.pnl:{}-1", i));
  EXPECT_EQ(std::ranges::count(stream().query(), ','), static_cast<long>(protocol::kMaxSince) - 1);
  const std::string name(240, 't');
  for (int i = 0; i < 100; ++i) event(fmt::format("{}:{}-1", name, i));
  EXPECT_LT(stream().query().size(), 9 * 1024u);
}

TEST_F(TradingStreamTest, says_what_it_asks_for_when_it_is_back) {
  EXPECT_EQ(stream().on_up().told, "");
  event("trading.pnl:0-4");
  EXPECT_EQ(stream().on_up().told, "connected again, and asked for what came after trading.pnl:0-4");
}

TEST_F(TradingStreamTest, says_what_is_missing_when_it_is_back_without_resume) {
  options.resume = false;
  stream().on_up();
  EXPECT_THAT(stream().on_up().told, HasSubstr("what came in between is missing"));
}

TEST_F(TradingStreamTest, answers_a_ping_with_its_time) {
  const auto heard = hear(R"({"type":"ping","timestamp":1705238400000})");
  EXPECT_EQ(heard.reply, R"({"type":"pong","timestamp":1705238400000})");
  EXPECT_FALSE(heard.is_update);
  EXPECT_EQ(heard.line, "");
}

TEST_F(TradingStreamTest, only_events_and_prices_count) {
  hear(R"({"type":"connected","connectionId":"x","userId":"ada"})");
  hear(R"({"type":"pong","timestamp":1})");
  hear(R"({"type":"error","message":"m","code":"c"})");
  hear("nonsense");
  EXPECT_EQ(stream().updates(), 0u);
  EXPECT_TRUE(event("trading.pnl:0-4").is_update);
  EXPECT_TRUE(hear(R"({"type":"one_of_tomorrow"})").is_update);
  EXPECT_EQ(stream().updates(), 2u);
}

TEST_F(TradingStreamTest, tells_the_welcome_a_complaint_and_what_it_does_not_understand) {
  EXPECT_EQ(hear(R"({"type":"connected","connectionId":"x","userId":"ada"})").line, "connected as ada");
  EXPECT_EQ(hear(R"({"type":"error","message":"m","code":"c"})").told, "the server says: m");
  EXPECT_FALSE(hear("nonsense").understood);
}

TEST_F(TradingStreamTest, a_gap_is_told_with_what_to_do_and_is_accounted_for) {
  event("trading.pnl:0-4");
  const auto found = hear(R"({"type":"gap","assessmentId":"a","since":"trading.pnl:0-4"})").found;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->words,
            "a: gap: the server no longer holds all that came after trading.pnl:0-4 (fetch the present state anew)");
  EXPECT_EQ(found->json,
            R"({"type":"hole","assessmentId":"a","cause":"gap","accounted":true,"after":"trading.pnl:0-4"})");
  EXPECT_EQ(stream().verdict(1000).exit, base::Exit::ok);
  EXPECT_THAT(stream().verdict(1000).json, HasSubstr(R"("result":"gaps")"));
}

TEST_F(TradingStreamTest, an_event_that_comes_again_is_found) {
  EXPECT_FALSE(event("trading.pnl:0-4").found);
  EXPECT_FALSE(event("trading.pnl:0-9").found);
  const auto found = event("trading.pnl:0-9").found;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->words, "trading.pnl: repeated or backwards: 0-9 came after 0-9");
  EXPECT_TRUE(event("trading.pnl:0-5").found);
  EXPECT_FALSE(event("trading.pnl:0-10").found);
  const auto verdict = stream().verdict(1000);
  EXPECT_EQ(verdict.exit, base::Exit::threshold_missed);
  EXPECT_THAT(verdict.line, StartsWith("OUT OF ORDER: 5 messages of 1 log in 1s, 2 of them repeated or backwards"));
}

TEST_F(TradingStreamTest, partitions_and_epochs_have_numbers_of_their_own) {
  event("trading.pnl:0-9");
  EXPECT_FALSE(event("trading.pnl:1-3").found);
  EXPECT_FALSE(event("trading.rules:0-3").found);
  EXPECT_FALSE(event("trading.pnl:1.0-0").found);
  EXPECT_TRUE(event("trading.pnl:0-10").found);
  EXPECT_THAT(stream().verdict(0).json, HasSubstr(R"("logs":3)"));
}

TEST_F(TradingStreamTest, prices_are_in_order_for_each_market) {
  price("BTC", "market-data.prices:0-12");
  EXPECT_FALSE(price("ETH", "market-data.prices:0-11").found);
  EXPECT_TRUE(price("BTC", "market-data.prices:0-11").found);
}

TEST_F(TradingStreamTest, messages_without_a_position_leave_nothing_to_check) {
  hear(R"({"type":"pnl_update","assessmentId":"a"})");
  EXPECT_EQ(stream().verdict(1000).exit, base::Exit::runtime);
  EXPECT_THAT(stream().verdict(1000).line, StartsWith("nothing checked: 1 message without \"position\""));
}

TEST_F(TradingStreamTest, the_verdict_counts_reconnects_by_welcomes) {
  for (int i = 0; i < 3; ++i) hear(R"({"type":"connected","userId":"ada"})");
  event("trading.pnl:0-4");
  EXPECT_EQ(stream().verdict(72'000).line, "in order: 1 message of 1 log in 1m12s, none twice, reconnects 2");
}

TEST_F(TradingStreamTest, of_a_recording_only_the_assessment_that_is_asked_for_counts) {
  options.file = "-";
  hear(R"({"type":"pnl_update","assessmentId":"b","position":"trading.pnl:0-9"})");
  EXPECT_FALSE(event("trading.pnl:0-4").found);
  EXPECT_EQ(stream().updates(), 1u);
}

}  // namespace
}  // namespace wsf::wsclient
