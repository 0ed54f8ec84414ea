#include "load/faults.hpp"

#include "kept_records.hpp"
#include "load/rate_walk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using protocol::Poison;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr std::size_t kMaxEvent = 64 * 1024;

std::string good_event() {
  RateWalk walk({"EURUSD"}, 1);
  std::string text;
  append_event(text, "EURUSD", walk.next(0), "id", 1'700'000'000'000, {"run", 1, 2});
  return text;
}

FaultMix mix(const std::vector<std::string>& items) {
  return FaultMix::parse(items).value();
}
std::string why(const std::vector<std::string>& items) {
  const auto parsed = FaultMix::parse(items);
  return parsed ? "it is good" : parsed.error().message;
}

TEST(FaultsTest, each_poison_is_refused_for_the_cause_that_it_is_named_by) {
  const std::string event = good_event();
  for (const std::string& base :
       {event, event + " \n", std::string(R"({"eventType":"FxRateUpdated",)") + event.substr(1)}) {
    for (std::size_t i = 0; i < protocol::kFxRatesPoisonCount; i++) {
      const auto bad = spoil(fault_at(i), base);
      ASSERT_TRUE(bad && bad->value);
      const auto verdict = protocol::check_event(*bad->value, kMaxEvent);
      ASSERT_TRUE(std::holds_alternative<Poison>(verdict)) << name(fault_at(i));
      EXPECT_EQ(protocol::name(std::get<Poison>(verdict)), name(fault_at(i)));
    }
  }
}

TEST(FaultsTest, an_event_out_of_order_is_good_and_of_long_ago) {
  const auto bad = spoil(Fault::out_of_order, good_event());
  ASSERT_TRUE(bad && bad->value);
  EXPECT_TRUE(std::holds_alternative<protocol::Pair>(protocol::check_event(*bad->value, kMaxEvent)));
  EXPECT_THAT(*bad->value, HasSubstr(R"("timestamp":"2001-11-14T22:13:20.000Z")"));
  EXPECT_EQ(bad->value->find("2023"), std::string::npos);
  EXPECT_FALSE(spoil(Fault::out_of_order, R"({"rate":1})"));
}

TEST(FaultsTest, one_share_is_divided_among_all_kinds) {
  const auto all = mix({"13%"});
  for (std::size_t i = 0; i < kFaultCount; i++) {
    EXPECT_TRUE(all.has(fault_at(i)));
    EXPECT_EQ(all.draw(0.01 * static_cast<double>(i) + 0.005), fault_at(i));
  }
  EXPECT_EQ(all.draw(0.131), std::nullopt);
}

TEST(FaultsTest, kinds_have_shares_of_their_own) {
  const auto two = mix({"not_json=10%", "tombstone=0.5%"});
  EXPECT_EQ(two.draw(0.09), static_cast<Fault>(Poison::not_json));
  EXPECT_EQ(two.draw(0.104), Fault::tombstone);
  EXPECT_EQ(two.draw(0.106), std::nullopt);
  EXPECT_FALSE(two.has(Fault::unkeyed));
}

TEST(FaultsTest, no_mix_is_empty) {
  EXPECT_TRUE(mix({}).empty());
  EXPECT_TRUE(mix({"0%"}).empty());
  EXPECT_FALSE(mix({"duplicate=100%"}).empty());
}

TEST(FaultsTest, a_wrong_mix_is_refused_with_what_would_be_right) {
  EXPECT_EQ(why({"1"}), "\"1\" is no share of the events (like 1%)");
  EXPECT_EQ(why({"not_json=101%"}), "\"101%\" is no share of the events (like 1%)");
  EXPECT_EQ(why({"not_jsn=1%"}), "unknown kind \"not_jsn\" (did you mean not_json?)");
  EXPECT_THAT(why({"rain=1%"}), HasSubstr("unknown kind \"rain\" (there are too_large, invalid_utf8"));
  EXPECT_EQ(why({"1%", "2%"}), "one share of all kinds, or one for each kind: not_json=1%,...");
  EXPECT_EQ(why({"unkeyed=60%", "duplicate=41%"}), "more than 100% together");
}

struct FaultyOutputTest : ::testing::Test {
  KeptRecords kept;
  std::string event = good_event();

  std::vector<KeptRecords::Record> run(const FaultMix& faults, std::uint64_t seed, int events = 500) {
    KeptRecords out;
    FaultyOutput output(out, faults, seed);
    for (int i = 0; i < events; i++) output.put("EURUSD", event);
    EXPECT_EQ(out.records.size(), output.total() + static_cast<std::size_t>(events));
    return out.records;
  }
};

TEST_F(FaultyOutputTest, the_bad_one_goes_before_the_event) {
  FaultyOutput output(kept, mix({"tombstone=100%"}), 1);
  output.put("EURUSD", event);
  EXPECT_THAT(kept.records, ElementsAre(Pair("EURUSD", std::nullopt), Pair("EURUSD", event)));
  EXPECT_EQ(output.summary(), "tombstone 1");
}

TEST_F(FaultyOutputTest, an_unkeyed_event_is_the_event_without_its_key) {
  FaultyOutput output(kept, mix({"unkeyed=100%"}), 1);
  output.put("EURUSD", event);
  EXPECT_THAT(kept.records, ElementsAre(Pair(std::nullopt, event), Pair("EURUSD", event)));
}

TEST_F(FaultyOutputTest, the_same_seed_makes_the_same_faults_and_another_others) {
  EXPECT_EQ(run(mix({"20%"}), 7), run(mix({"20%"}), 7));
  EXPECT_NE(run(mix({"20%"}), 7), run(mix({"20%"}), 8));
}

TEST_F(FaultyOutputTest, about_so_many_come_as_were_asked_for) {
  EXPECT_NEAR(static_cast<double>(run(mix({"20%"}), 7, 2000).size()), 2400, 80);
}

TEST_F(FaultyOutputTest, being_refused_changes_nothing) {
  FaultyOutput output(kept, mix({"duplicate=50%"}), 3);
  for (int i = 0; i < 100; i++) {
    kept.open = false;
    EXPECT_FALSE(output.put("EURUSD", event));
    kept.open = true;
    EXPECT_TRUE(output.put("EURUSD", event));
  }
  EXPECT_EQ(kept.records, run(mix({"duplicate=50%"}), 3, 100));
}

TEST_F(FaultyOutputTest, what_is_no_good_event_stays_alone) {
  FaultyOutput output(kept, mix({"not_json=100%"}), 1);
  output.put_record("EURUSD", std::nullopt);
  output.put_record("EURUSD", "hello");
  EXPECT_EQ(kept.records.size(), 2u);
  EXPECT_EQ(output.total(), 0u);
}

}  // namespace
}  // namespace wsf::load
