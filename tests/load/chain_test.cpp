#include "load/chain.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using base::Position;

TEST(Chain, begins_anywhere_and_goes_on_by_the_position_before) {
  Chain chain;
  EXPECT_EQ(chain.follow(Position(3, 7), Position(3, 5)), Link::first);
  EXPECT_EQ(chain.follow(Position(3, 9), Position(3, 7)), Link::joined);
  EXPECT_EQ(chain.follow(Position(1, 2), Position(3, 9)), Link::joined);
  EXPECT_EQ(chain.last(), Position(1, 2));
}

TEST(Chain, breaks_once_where_an_update_is_missing) {
  Chain chain;
  chain.follow(Position(0, 1), std::nullopt);
  EXPECT_EQ(chain.follow(Position(0, 3), Position(0, 2)), Link::broken);
  EXPECT_EQ(chain.follow(Position(0, 4), Position(0, 3)), Link::joined);
}

TEST(Chain, breaks_where_the_server_knows_nothing_before) {
  Chain chain;
  chain.follow(Position(0, 1), std::nullopt);
  EXPECT_EQ(chain.follow(Position(0, 2), std::nullopt), Link::broken);
}

TEST(Chain, tells_what_came_before_and_forgets_nothing_by_it) {
  Chain chain;
  chain.follow(Position(0, 5), std::nullopt);
  EXPECT_EQ(chain.follow(Position(0, 5), std::nullopt), Link::repeated);
  EXPECT_EQ(chain.follow(Position(0, 4), std::nullopt), Link::repeated);
  EXPECT_EQ(chain.follow(Position(0, 6), Position(0, 5)), Link::joined);
}

TEST(Chain, a_new_epoch_may_begin_at_a_lower_offset) {
  Chain chain;
  chain.follow(Position(0, 500), std::nullopt);
  EXPECT_EQ(chain.follow(Position(0, 0, 1), Position(0, 500)), Link::joined);
}

TEST(Chain, an_announced_gap_lets_one_update_follow_anything) {
  Chain chain;
  chain.follow(Position(0, 1), std::nullopt);
  chain.announce_gap();
  EXPECT_EQ(chain.last(), std::nullopt);
  EXPECT_EQ(chain.follow(Position(0, 9), Position(0, 8)), Link::after_gap);
  EXPECT_EQ(chain.follow(Position(0, 12), Position(0, 11)), Link::broken);
}

TEST(Chain, a_gap_before_the_first_update_is_none) {
  Chain chain;
  chain.announce_gap();
  EXPECT_EQ(chain.follow(Position(0, 9), Position(0, 8)), Link::first);
}

}  // namespace
}  // namespace wsf::load
