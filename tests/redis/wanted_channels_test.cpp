#include "redis/wanted_channels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace wsf::redis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(const std::vector<WantedChannels::Change>& changes) {
  std::vector<std::string> out;
  for (const auto& change : changes) out.push_back((change.wanted ? "+" : "-") + change.channel);
  std::ranges::sort(out);
  return out;
}

struct WantedChannelsTest : ::testing::Test {
  WantedChannels channels;
  std::vector<std::string> take() { return texts(channels.take(100)); }
};

TEST_F(WantedChannelsTest, a_channel_is_wanted_from_its_first_to_its_last_user) {
  EXPECT_TRUE(channels.add("a"));
  EXPECT_FALSE(channels.add("a"));
  EXPECT_THAT(take(), ElementsAre("+a"));
  EXPECT_FALSE(channels.remove("a"));
  EXPECT_THAT(take(), IsEmpty());
  EXPECT_TRUE(channels.remove("a"));
  EXPECT_THAT(take(), ElementsAre("-a"));
  EXPECT_EQ(channels.size(), 0U);
}

TEST_F(WantedChannelsTest, what_changed_twice_meanwhile_is_told_as_it_is_now) {
  channels.add("a");
  take();
  channels.remove("a");
  channels.add("a");
  EXPECT_THAT(take(), ElementsAre("+a", "+a"));
}

TEST_F(WantedChannelsTest, gives_no_more_changes_at_a_time_than_are_asked_for) {
  for (int i = 0; i < 5; ++i) channels.add(std::to_string(i));
  EXPECT_EQ(channels.take(3).size(), 3U);
  EXPECT_EQ(channels.take(3).size(), 2U);
}

TEST_F(WantedChannelsTest, a_new_connection_is_told_all_that_are_wanted_and_nothing_else) {
  channels.add("a");
  channels.add("b");
  take();
  channels.add("c");
  channels.remove("a");
  channels.start_anew();
  EXPECT_THAT(take(), ElementsAre("+b", "+c"));
}

}  // namespace
}  // namespace wsf::redis
