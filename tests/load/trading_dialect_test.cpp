#include "load/trading_dialect.hpp"

#include "load/tally.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kStart_ns = 1'705'226'400'000'000'000;

// Four connections over assessment-1 and assessment-2.
LoadOptions four_over_two() {
  LoadOptions out;
  out.protocol = LoadProtocol::trading;
  out.url = ws::parse_url("ws://127.0.0.1:3003/ws").value();
  out.connections = 4;
  out.markets = {"BTC", "ETH"};
  out.assessments = 2;
  out.tokens = {"t1", "t2", "t3", "t4"};
  return out;
}

std::string price(const char* market, int seq, std::int64_t due_ns = kStart_ns, const char* run = "r") {
  return fmt::format(R"({{"type":"market_price","market":"{}","load":{{"run":"{}","seq":{},"due_ns":{}}}}})", market,
                     run, seq, due_ns);
}

std::string pnl(const char* assessment, int seq, const char* run = "r") {
  return fmt::format(R"({{"type":"pnl_update","assessmentId":"{}","load":{{"run":"{}","seq":{},"due_ns":{}}}}})",
                     assessment, run, seq, kStart_ns);
}

TEST(TradingDialect, asks_by_the_url_as_the_protocol_prints_it) {
  LoadOptions options = four_over_two();
  EXPECT_EQ(TradingDialect(options).request_of(2, {}).url.target, "/ws?token=t3&assessmentId=assessment-1");
  options.verify = true;
  EXPECT_EQ(TradingDialect(options).request_of(1, "trading.pnl:0-4").url.target,
            "/ws?token=t2&assessmentId=assessment-2&meta=1&since=trading.pnl:0-4");
  options.assessments = 0;
  EXPECT_THAT(TradingDialect(options).request_of(1, {}).url.target, Not(HasSubstr("assessmentId")));
}

TEST(TradingDialect, every_connection_has_all_markets_and_the_events_of_its_assessment) {
  const TradingDialect dialect(four_over_two());
  const Plan& plan = dialect.plan();
  EXPECT_EQ(plan.keys, 2u + 2u * 5u);
  std::vector<std::string> names;
  for (std::uint32_t slot = 0; slot < plan.per_connection; slot++)
    names.push_back(dialect.name_of(plan.key_of(3, slot)));
  EXPECT_THAT(names, testing::ElementsAre("BTC", "ETH", "pnl_update of assessment-2",
                                          "position_update of assessment-2", "rule_status of assessment-2",
                                          "violation of assessment-2", "assessment_update of assessment-2"));
}

TEST(TradingDialect, tells_the_servers_own_messages_from_events) {
  const TradingDialect dialect(four_over_two());
  EXPECT_EQ(dialect.kind_of(R"({"type":"connected","connectionId":"x"})"), Said::subscribed);
  EXPECT_EQ(dialect.kind_of(R"({"type":"ping","timestamp":1})"), Said::ping);
  EXPECT_EQ(dialect.kind_of(price("BTC", 1)), Said::update);
  EXPECT_EQ(dialect.answer_to_ping(R"({"type":"ping","timestamp":1})"), R"({"type":"pong","timestamp":1})");
}

// What its own script publishes is what it finds again, each key counted from 1 without a hole.
TEST(TradingDialect, finds_every_event_of_its_own_script) {
  const TradingDialect dialect(four_over_two());
  std::vector<std::uint64_t> counts(dialect.plan().keys);
  std::size_t place = 0;
  const auto put = [&](const Outgoing& event) {
    const SeenEvent seen = dialect.event_of(event.text, place);
    EXPECT_TRUE(seen.mark && seen.key) << event.text;
    EXPECT_EQ(seen.mark->seq, ++counts[*seen.key]);
    EXPECT_EQ(seen.addressed, *seen.key >= 2);
    return true;
  };
  const auto script = dialect.make_script({.rate_per_s = 100, .duration = std::chrono::seconds(1)}, put, kStart_ns);
  EXPECT_EQ(script->loop().step(std::chrono::seconds(2)), std::nullopt);
  EXPECT_EQ(script->due(std::chrono::seconds(0), std::chrono::seconds(9)), counts);
  EXPECT_EQ(counts[0] + counts[1], 50u);
}

class TradingTallyTest : public testing::Test {
 protected:
  TradingDialect dialect_{four_over_two()};
  Window window_;
  RunFilter filter_{"r"};
  Tally tally_{dialect_, window_, filter_, {}};

  void SetUp() override {
    window_.from_ns = kStart_ns;
    window_.to_ns = kStart_ns + 1;
  }
};

TEST_F(TradingTallyTest, prices_are_for_all_and_events_for_those_of_their_assessment) {
  for (std::uint32_t connection = 0; connection < 4; connection++)
    tally_.deliver(connection, price("BTC", 1), kStart_ns);
  tally_.deliver(0, pnl("assessment-1", 1), kStart_ns);
  tally_.deliver(1, pnl("assessment-2", 1), kStart_ns);
  EXPECT_EQ(tally_.counts().delivered, 6u);
  EXPECT_EQ(tally_.counts().unexpected, 0u);
}

TEST_F(TradingTallyTest, an_event_of_another_assessment_is_unexpected_whoever_published_it) {
  tally_.deliver(0, pnl("assessment-2", 1), kStart_ns);
  tally_.deliver(0, pnl("assessment-2", 1, "other"), kStart_ns);
  tally_.deliver(0, R"({"type":"violation","assessmentId":"somebody"})", kStart_ns);
  tally_.deliver(0, R"({"type":"violation","assessment_id":"assessment-2"})", kStart_ns);
  EXPECT_EQ(tally_.counts().unexpected, 4u);
  EXPECT_EQ(tally_.counts().delivered, 0u);
}

TEST_F(TradingTallyTest, a_price_of_a_market_that_is_not_ours_is_only_foreign) {
  tally_.deliver(0, price("DOGE", 1), kStart_ns);
  tally_.deliver(0, R"({"type":"market_price","market":"DOGE"})", kStart_ns);
  EXPECT_EQ(tally_.counts().unexpected, 0u);
  EXPECT_EQ(tally_.counts().foreign, 1u);
  EXPECT_EQ(tally_.counts().unmarked, 1u);
}

TEST(TradingDialect, prices_are_not_owed_where_a_storm_takes_some_away) {
  LoadOptions options = four_over_two();
  options.storm = true;
  const TradingDialect dialect(options);
  EXPECT_EQ(dialect.plan().subscribers_of_each_key()[0], 0u);
  EXPECT_EQ(dialect.plan().subscribers_of_each_key()[2], 2u);
  Window window;
  window.from_ns = 0;
  RunFilter filter("r");
  Tally tally(dialect, window, filter, {});
  tally.deliver(0, price("BTC", 1), kStart_ns);
  tally.deliver(0, pnl("assessment-1", 1), kStart_ns);
  EXPECT_EQ(tally.received(0), 1u);
}

}  // namespace
}  // namespace wsf::load
