#include "load/rate_walk.hpp"

#include "protocol/fx_rates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace wsf::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kSomeTime_ms = 1'705'314'600'000;  // 2024-01-15T10:30:00Z

std::string event_of(std::string_view pair, const Quote& quote) {
  std::string out;
  append_event(out, pair, quote, "id-1", kSomeTime_ms, {"run-1", 7, kSomeTime_ms * 1'000'000});
  return out;
}

TEST(RateWalkTest, the_well_known_pairs_are_many_valid_and_different) {
  const auto& pairs = well_known_pairs();
  EXPECT_GE(pairs.size(), 110u);
  EXPECT_EQ(std::set<std::string>(pairs.begin(), pairs.end()).size(), pairs.size());
  for (const auto& pair : pairs) EXPECT_TRUE(protocol::is_pair(pair)) << pair;
}

TEST(RateWalkTest, chooses_the_pairs_named_each_once) {
  EXPECT_THAT(*choose_pairs({"USDJPY", "EURUSD", "USDJPY"}), ElementsAre("USDJPY", "EURUSD"));
}

TEST(RateWalkTest, chooses_as_many_well_known_pairs_as_asked) {
  EXPECT_THAT(*choose_pairs({"2"}), ElementsAre("EURUSD", "GBPUSD"));
  EXPECT_EQ(choose_pairs({"110"})->size(), 110u);
}

TEST(RateWalkTest, refuses_what_is_no_pair_or_number_of_pairs) {
  const std::vector<std::vector<std::string>> all_bad{{},        {""},       {"0"},           {"100000"},
                                                      {"EURUS"}, {"eurusd"}, {"EURUSD", "x"}, {"EURUSD", "3"}};
  for (const auto& bad : all_bad) {
    EXPECT_TRUE(choose_pairs(bad).has_error()) << ::testing::PrintToString(bad);
  }
}

TEST(RateWalkTest, bid_is_below_and_ask_above_the_rate_always) {
  auto pairs = well_known_pairs();
  pairs.push_back("IDRJPY");
  pairs.push_back("QQQZZZ");
  RateWalk walk(pairs, 1);
  for (int round = 0; round < 2000; round++) {
    for (std::size_t pair = 0; pair < pairs.size(); pair++) {
      const auto quote = walk.next(pair);
      ASSERT_GT(quote.bid, 0) << pairs[pair];
      ASSERT_LT(quote.bid, quote.rate) << pairs[pair];
      ASSERT_LT(quote.rate, quote.ask) << pairs[pair];
    }
  }
}

TEST(RateWalkTest, rates_stay_near_what_is_usual) {
  RateWalk walk({"EURUSD", "USDJPY"}, 3);
  for (int i = 0; i < 10'000; i++) {
    const auto eurusd = walk.next(0);
    const auto usdjpy = walk.next(1);
    ASSERT_NEAR(static_cast<double>(eurusd.rate) / 1e5, 1.085, 0.03);
    ASSERT_NEAR(static_cast<double>(usdjpy.rate) / 1e3, 153.8, 4);
  }
}

TEST(RateWalkTest, a_major_has_a_spread_of_about_a_pip) {
  const auto quote = RateWalk({"EURUSD"}, 1).next(0);
  EXPECT_GE(quote.ask - quote.bid, 5);
  EXPECT_LE(quote.ask - quote.bid, 20);
}

TEST(RateWalkTest, the_same_seed_walks_the_same_way_and_another_does_not) {
  const auto walk = [](std::uint64_t seed) {
    RateWalk rates({"EURUSD"}, seed);
    std::vector<std::int64_t> out;
    for (int i = 0; i < 20; i++) out.push_back(rates.next(0).rate);
    return out;
  };
  EXPECT_EQ(walk(7), walk(7));
  EXPECT_NE(walk(7), walk(8));
}

TEST(RateWalkTest, writes_an_event_as_the_service_expects_it) {
  EXPECT_EQ(event_of("EURUSD", {108500, 108450, 108550, 5}),
            R"({"eventId":"id-1","eventType":"FxRateUpdated","timestamp":"2024-01-15T10:30:00.000Z",)"
            R"("fxRate":{"currencyPair":"EURUSD","rate":1.08500,"bid":1.08450,"ask":1.08550,)"
            R"("timestamp":"2024-01-15T10:30:00.000Z","source":"ratepub","confidenceScore":0.95},)"
            R"("load":{"run":"run-1","seq":7,"due_ns":1705314600000000000}})");
}

TEST(RateWalkTest, writes_yen_with_three_decimals_and_leading_zeros_where_they_belong) {
  EXPECT_THAT(event_of("USDJPY", {154012, 154007, 154017, 3}), HasSubstr(R"("rate":154.012,"bid":154.007,)"));
  EXPECT_THAT(event_of("HUFUSD", {276, 270, 282, 5}), HasSubstr(R"("rate":0.00276,)"));
}

TEST(RateWalkTest, its_events_pass_the_checks_of_the_protocol) {
  RateWalk walk(well_known_pairs(), 1);
  for (std::size_t i = 0; i < well_known_pairs().size(); i++) {
    const auto event = event_of(well_known_pairs()[i], walk.next(i));
    EXPECT_FALSE(std::holds_alternative<protocol::Poison>(protocol::check_event(event, 65'536))) << event;
  }
}

TEST(RateWalkTest, makes_version_4_uuids) {
  std::mt19937_64 random(1);
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (int i = 0; i < 1000; i++) {
    const auto uuid = make_uuid(random);
    EXPECT_TRUE(std::regex_match(uuid, form)) << uuid;
    seen.insert(uuid);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace wsf::load
