#include "fanout/relay/relayed_chains.hpp"

#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using base::Position;
using Join = RelayedChains::Join;

TEST(RelayedChains, each_event_joins_the_one_before_it_of_its_pair) {
  RelayedChains chains;
  EXPECT_EQ(chains.event("EURUSD", {0, 1}, std::nullopt).join, Join::first);
  EXPECT_EQ(chains.event("GBPUSD", {0, 2}, Position{0, 0}).join, Join::first);
  EXPECT_EQ(chains.event("EURUSD", {0, 3}, Position{0, 1}).join, Join::in_order);
}

TEST(RelayedChains, what_is_missing_is_seen_by_the_next_event) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 1}, std::nullopt);
  EXPECT_EQ(chains.event("EURUSD", {0, 9}, Position{0, 8}).join, Join::after_hole);
  EXPECT_EQ(chains.event("EURUSD", {0, 10}, Position{0, 9}).join, Join::in_order);
  EXPECT_EQ(chains.event("EURUSD", {0, 11}, std::nullopt).join, Join::after_hole);
}

TEST(RelayedChains, what_another_relay_told_before_is_known) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 1}, std::nullopt);
  chains.event("EURUSD", {0, 2}, Position{0, 1});
  EXPECT_EQ(chains.event("EURUSD", {0, 1}, std::nullopt).join, Join::known);
  EXPECT_EQ(chains.event("EURUSD", {0, 2}, Position{0, 1}).join, Join::known);
  EXPECT_EQ(chains.event("EURUSD", {0, 3}, Position{0, 2}).join, Join::in_order);
}

TEST(RelayedChains, a_pair_that_moved_to_another_partition_is_known_in_both) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 7}, std::nullopt);
  EXPECT_EQ(chains.event("EURUSD", {1, 2}, Position{0, 7}).join, Join::in_order);
  EXPECT_EQ(chains.event("EURUSD", {0, 7}, std::nullopt).join, Join::known);
  EXPECT_EQ(chains.event("EURUSD", {1, 3}, Position{1, 2}).join, Join::in_order);
}

TEST(RelayedChains, a_log_that_was_made_anew_is_not_known) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 90}, std::nullopt);
  EXPECT_EQ(chains.event("EURUSD", {0, 1, 1}, Position{0, 90}).join, Join::in_order);
  EXPECT_EQ(chains.event("EURUSD", {0, 91}, Position{0, 90}).join, Join::known);
}

TEST(RelayedChains, a_removal_is_known_by_its_place_and_no_link_of_the_chain) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 1}, std::nullopt);
  EXPECT_TRUE(chains.removal("EURUSD", {0, 2}));
  EXPECT_FALSE(chains.removal("EURUSD", {0, 2}));
  EXPECT_EQ(chains.event("EURUSD", {0, 3}, Position{0, 1}).join, Join::in_order);
}

TEST(RelayedChains, a_loss_is_told_once_and_what_follows_it_is_no_further_hole) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 5}, std::nullopt);
  EXPECT_TRUE(chains.loss({0, 90}));
  EXPECT_FALSE(chains.loss({0, 90}));
  EXPECT_EQ(chains.event("EURUSD", {0, 95}, Position{0, 89}).join, Join::in_order);
}

TEST(RelayedChains, the_loss_of_a_relay_that_is_behind_is_none_for_who_had_those_records) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 60}, std::nullopt);
  EXPECT_FALSE(chains.loss({0, 50}));
  EXPECT_EQ(chains.event("EURUSD", {0, 61}, Position{0, 60}).join, Join::in_order);
}

TEST(RelayedChains, a_hole_begins_where_the_pair_stood) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 5}, std::nullopt);
  chains.removal("EURUSD", {0, 6});
  const auto joined = chains.event("EURUSD", {0, 8}, Position{0, 7});
  EXPECT_EQ(joined.join, Join::after_hole);
  EXPECT_EQ(joined.last, (Position{0, 5}));
}

TEST(RelayedChains, the_number_of_pairs_is_bounded) {
  RelayedChains chains;
  for (std::size_t i = 0; i < RelayedChains::kMaxPairs + 10; ++i) {
    chains.event(std::to_string(i), {0, static_cast<std::int64_t>(i)}, std::nullopt);
  }
  EXPECT_EQ(chains.size(), RelayedChains::kMaxPairs);
}

}  // namespace
}  // namespace wsf::fanout
