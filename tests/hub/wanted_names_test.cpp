#include "hub/wanted_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace wsf::hub {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(const std::vector<WantedNames::Change>& changes) {
  std::vector<std::string> out;
  for (const auto& change : changes) out.push_back((change.wanted ? "+" : "-") + change.name);
  std::ranges::sort(out);
  return out;
}

struct WantedNamesTest : ::testing::Test {
  WantedNames names;
  std::vector<std::string> take() { return texts(names.take(100)); }
};

TEST_F(WantedNamesTest, a_name_is_wanted_from_its_first_to_its_last_user) {
  EXPECT_TRUE(names.add("a"));
  EXPECT_FALSE(names.add("a"));
  EXPECT_THAT(take(), ElementsAre("+a"));
  EXPECT_FALSE(names.remove("a"));
  EXPECT_THAT(take(), IsEmpty());
  EXPECT_TRUE(names.remove("a"));
  EXPECT_THAT(take(), ElementsAre("-a"));
  EXPECT_EQ(names.size(), 0U);
}

TEST_F(WantedNamesTest, what_changed_twice_meanwhile_is_told_as_it_is_now) {
  names.add("a");
  take();
  names.remove("a");
  names.add("a");
  EXPECT_THAT(take(), ElementsAre("+a", "+a"));
}

TEST_F(WantedNamesTest, gives_no_more_changes_at_a_time_than_are_asked_for) {
  for (int i = 0; i < 5; ++i) names.add(std::to_string(i));
  EXPECT_EQ(names.take(3).size(), 3U);
  EXPECT_EQ(names.take(3).size(), 2U);
}

TEST_F(WantedNamesTest, a_new_connection_is_told_all_that_are_wanted_and_nothing_else) {
  names.add("a");
  names.add("b");
  take();
  names.add("c");
  names.remove("a");
  names.start_anew();
  EXPECT_THAT(take(), ElementsAre("+b", "+c"));
}

}  // namespace
}  // namespace wsf::hub
