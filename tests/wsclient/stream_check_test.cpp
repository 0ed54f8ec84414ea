#include "wsclient/stream_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using protocol::Step;
using ::testing::HasSubstr;

std::optional<Finding> hear(StreamCheck& check, const std::string& raw) {
  return check.take(*parse_server_message(raw));
}

std::optional<Finding> update(StreamCheck& check, const std::string& pair, const std::string& offset,
                              const std::string& prev, int conflated = 0) {
  return hear(check, R"({"type":"rateUpdate","event":{"fxRate":{"currencyPair":")" + pair +
                         R"(","rate":1}},"meta":{"offset":")" + offset + R"(","prev":")" + prev +
                         R"(","conflated":)" + std::to_string(conflated) + "}}");
}

constexpr const char* kConnected = R"({"type":"connected","sessionId":"x"})";

TEST(stream_check, each_pair_has_a_chain_of_its_own) {
  StreamCheck check;
  EXPECT_FALSE(update(check, "EURUSD", "0-5", "0-1"));
  EXPECT_FALSE(update(check, "USDJPY", "0-6", "0-2"));
  EXPECT_FALSE(update(check, "EURUSD", "0-7", "0-5"));
  EXPECT_FALSE(update(check, "USDJPY", "0-8", "0-6"));
  EXPECT_EQ(check.steps().of(Step::in_order), 2u);
  EXPECT_EQ(check.pairs(), 2u);
}

TEST(stream_check, a_hole_is_told_with_its_pair_and_places) {
  StreamCheck check;
  update(check, "EURUSD", "0-5", "0-1");
  const auto finding = update(check, "EURUSD", "0-9", "0-7");
  ASSERT_TRUE(finding);
  EXPECT_EQ(in_words(*finding), "EURUSD: lost: 0-9 names 0-7 as the one before it, but the last one here was 0-5");
  EXPECT_EQ(as_json(*finding),
            R"({"type":"hole","currencyPair":"EURUSD","cause":"lost","accounted":false,"after":"0-5","offset":"0-9",)"
            R"("prev":"0-7","conflated":0})");
  EXPECT_EQ(check.gaps(), 1u);
}

TEST(stream_check, conflated_updates_are_counted_and_no_gap) {
  StreamCheck check;
  update(check, "EURUSD", "0-5", "0-1");
  const auto finding = update(check, "EURUSD", "0-9", "0-5", 3);
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->step, Step::conflated);
  EXPECT_EQ(check.conflated(), 3u);
  EXPECT_EQ(check.gaps(), 0u);
}

TEST(stream_check, the_welcome_begins_a_connection_and_a_resume_binds_it_to_the_last) {
  StreamCheck check;
  hear(check, kConnected);
  update(check, "EURUSD", "0-5", "0-1");
  update(check, "USDJPY", "0-6", "0-2");
  hear(check, kConnected);
  hear(check, R"({"type":"subscribed","currencyPairs":["EURUSD","USDJPY"],"recovered":{"EURUSD":true}})");
  EXPECT_EQ(update(check, "EURUSD", "0-9", "0-7")->step, Step::lost);
  EXPECT_EQ(update(check, "USDJPY", "0-10", "0-8")->step, Step::not_resumed);
  EXPECT_EQ(check.connections(), 2u);
}

TEST(stream_check, an_announced_gap_is_told_once) {
  StreamCheck check;
  update(check, "EURUSD", "0-5", "0-1");
  hear(check, kConnected);
  hear(check, R"({"type":"subscribed","currencyPairs":["EURUSD"],"recovered":{"EURUSD":false}})");
  const auto gap = hear(check, R"({"type":"gap","currencyPair":"EURUSD","from":"0-5","to":"0-30"})");
  ASSERT_TRUE(gap);
  EXPECT_EQ(in_words(*gap), "EURUSD: gap: the server does not know what came between 0-5 and 0-30");
  EXPECT_FALSE(update(check, "EURUSD", "0-30", "0-29"));
  EXPECT_EQ(check.gaps(), 1u);
}

TEST(stream_check, a_pair_that_was_unsubscribed_may_go_on_anywhere) {
  StreamCheck check;
  update(check, "EURUSD", "0-5", "0-1");
  hear(check, R"({"type":"unsubscribed","currencyPairs":["EURUSD"]})");
  EXPECT_EQ(update(check, "EURUSD", "0-9", "0-7")->step, Step::not_resumed);
}

TEST(stream_check, a_resume_asks_from_the_last_position_of_each_pair_that_has_one) {
  StreamCheck check;
  update(check, "USDJPY", "1-6", "1-2");
  const auto points = check.positions({"EURUSD", "USDJPY"});
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].pair, "USDJPY");
  EXPECT_EQ(points[0].position, (base::Position{1, 6}));
}

TEST(stream_check, updates_without_a_place_are_counted_apart) {
  StreamCheck check;
  hear(check, R"({"type":"rateUpdate","event":{"fxRate":{"currencyPair":"EURUSD","rate":1}}})");
  EXPECT_EQ(check.unplaced(), 1u);
  EXPECT_EQ(check.checked(), 0u);
}

TEST(stream_check, every_step_has_words_of_its_own) {
  EXPECT_THAT(in_words({"EURUSD", Step::moved, base::Position{0, 5}, base::Position{1, 2}, {}, 0}),
              HasSubstr("moved to another partition: 1-2 follows 0-5"));
  EXPECT_THAT(in_words({"EURUSD", Step::gap, base::Position{0, 5}, {}, {}, 0}), HasSubstr("between 0-5 and now"));
  EXPECT_THAT(as_json({"EURUSD", Step::new_epoch, base::Position{0, 5}, base::Position{0, 0, 1}, {}, 0}),
              HasSubstr(R"("type":"notice","currencyPair":"EURUSD","cause":"new_epoch")"));
}

}  // namespace
}  // namespace wsf::wsclient
