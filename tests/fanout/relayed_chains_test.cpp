#include "fanout/relayed_chains.hpp"

#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using base::Position;
using Join = RelayedChains::Join;

TEST(RelayedChains, each_event_joins_the_one_before_it_of_its_pair) {
  RelayedChains chains;
  EXPECT_EQ(chains.event("EURUSD", {0, 1}, std::nullopt), Join::first);
  EXPECT_EQ(chains.event("GBPUSD", {0, 2}, Position{0, 0}), Join::first);
  EXPECT_EQ(chains.event("EURUSD", {0, 3}, Position{0, 1}), Join::in_order);
}

TEST(RelayedChains, what_is_missing_is_seen_by_the_next_event) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 1}, std::nullopt);
  EXPECT_EQ(chains.event("EURUSD", {0, 9}, Position{0, 8}), Join::after_hole);
  EXPECT_EQ(chains.event("EURUSD", {0, 10}, Position{0, 9}), Join::in_order);
  EXPECT_EQ(chains.event("EURUSD", {0, 11}, std::nullopt), Join::after_hole);
}

TEST(RelayedChains, what_another_relay_told_before_is_known) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 1}, std::nullopt);
  chains.event("EURUSD", {0, 2}, Position{0, 1});
  EXPECT_EQ(chains.event("EURUSD", {0, 1}, std::nullopt), Join::known);
  EXPECT_EQ(chains.event("EURUSD", {0, 2}, Position{0, 1}), Join::known);
  EXPECT_EQ(chains.event("EURUSD", {0, 3}, Position{0, 2}), Join::in_order);
}

TEST(RelayedChains, a_pair_that_moved_to_another_partition_is_known_in_both) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 7}, std::nullopt);
  EXPECT_EQ(chains.event("EURUSD", {1, 2}, Position{0, 7}), Join::in_order);
  EXPECT_EQ(chains.event("EURUSD", {0, 7}, std::nullopt), Join::known);
  EXPECT_EQ(chains.event("EURUSD", {1, 3}, Position{1, 2}), Join::in_order);
}

TEST(RelayedChains, a_log_that_was_made_anew_is_not_known) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 90}, std::nullopt);
  EXPECT_EQ(chains.event("EURUSD", {0, 1, 1}, Position{0, 90}), Join::in_order);
  EXPECT_EQ(chains.event("EURUSD", {0, 91}, Position{0, 90}), Join::known);
}

TEST(RelayedChains, a_removal_is_known_by_its_place_and_no_link_of_the_chain) {
  RelayedChains chains;
  chains.event("EURUSD", {0, 1}, std::nullopt);
  EXPECT_TRUE(chains.removal("EURUSD", {0, 2}));
  EXPECT_FALSE(chains.removal("EURUSD", {0, 2}));
  EXPECT_EQ(chains.event("EURUSD", {0, 3}, Position{0, 1}), Join::in_order);
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
