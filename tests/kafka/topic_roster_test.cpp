#include "kafka/topic_roster.hpp"

#include <gtest/gtest.h>

namespace wsf::kafka {
namespace {

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; i++) out.push_back("t" + std::to_string(i));
  return out;
}

struct TopicRosterTest : ::testing::Test {
  bool has(const std::string& name) const { return roster.entries().contains(name); }
  bool there(const std::string& name) const { return roster.entries().at(name).there; }

  TopicChoice choice{{"rates", "^t"}};
  TopicRoster roster{choice};
};

TEST_F(TopicRosterTest, holds_what_is_named_there_or_not) {
  EXPECT_FALSE(there("rates"));
  roster.update({"rates", "other"});
  EXPECT_TRUE(there("rates"));
  EXPECT_TRUE(roster.entries().at("rates").named);
  EXPECT_FALSE(has("other"));
}

TEST_F(TopicRosterTest, takes_in_what_an_expression_finds) {
  roster.update({"trading", "other"});
  EXPECT_TRUE(there("trading"));
  EXPECT_FALSE(roster.entries().at("trading").named);
}

TEST_F(TopicRosterTest, a_topic_that_is_gone_keeps_its_place) {
  roster.update({"trading"});
  roster.update({});
  ASSERT_TRUE(has("trading"));
  EXPECT_FALSE(there("trading"));
}

TEST_F(TopicRosterTest, counts_what_finds_no_place) {
  const auto cluster = numbered(kMaxTopics + 2);
  roster.update(cluster);
  EXPECT_EQ(roster.entries().size(), kMaxTopics);  // "rates" among them
  EXPECT_EQ(roster.left_out(), 3u);
  roster.update(cluster);
  EXPECT_EQ(roster.left_out(), 3u);
}

TEST_F(TopicRosterTest, what_was_read_is_not_given_up_for_others) {
  roster.update({"tz"});
  auto cluster = numbered(kMaxTopics);
  cluster.push_back("tz");
  roster.update(cluster);
  EXPECT_TRUE(has("tz"));
}

TEST_F(TopicRosterTest, a_topic_that_is_gone_makes_room_for_another) {
  roster.update(numbered(kMaxTopics - 1));
  auto cluster = numbered(kMaxTopics - 1);
  cluster.erase(cluster.begin());
  cluster.push_back("tz");
  roster.update(cluster);
  EXPECT_FALSE(has("t0"));
  EXPECT_TRUE(there("tz"));
  EXPECT_EQ(roster.left_out(), 0u);
}

TEST_F(TopicRosterTest, a_named_topic_makes_room_for_nobody) {
  roster.update(numbered(kMaxTopics));
  EXPECT_TRUE(has("rates"));
  EXPECT_EQ(roster.left_out(), 1u);
}

}  // namespace
}  // namespace wsf::kafka
