#include "base/nearest.hpp"

#include <gtest/gtest.h>

namespace wsf::base {
namespace {

TEST(Nearest, distance_counts_insertions_deletions_substitutions_and_swaps) {
  EXPECT_EQ(edit_distance("port", "port"), 0u);
  EXPECT_EQ(edit_distance("port", "pot"), 1u);
  EXPECT_EQ(edit_distance("port", "sport"), 1u);
  EXPECT_EQ(edit_distance("port", "part"), 1u);
  EXPECT_EQ(edit_distance("port", "prot"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Nearest, the_closest_known_word_is_found) {
  EXPECT_EQ(nearest("hearbeat", {"host", "heartbeat", "help"}), "heartbeat");
  EXPECT_EQ(nearest("max-conections", {"max-connections", "max-subscriptions"}), "max-connections");
}

TEST(Nearest, of_equals_the_first_is_taken) {
  EXPECT_EQ(nearest("bat", {"cat", "rat"}), "cat");
}

TEST(Nearest, a_word_unlike_all_others_has_no_neighbour) {
  EXPECT_EQ(nearest("zebra", {"host", "port"}), std::nullopt);
  EXPECT_EQ(nearest("x", {}), std::nullopt);
}

}  // namespace
}  // namespace wsf::base
