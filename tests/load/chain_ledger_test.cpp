#include "load/chain_ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using base::Position;
using testing::HasSubstr;

class ChainLedgerTest : public testing::Test {
 protected:
  PairNumbers names_{{"EURUSD", "GBPUSD"}};
  ChainLedger ledger_{names_, 4};
  Subscription one_{7, 1, 2};

  bool follow(std::int64_t at, std::int64_t prev, std::uint32_t missing = 0, std::uint32_t conflated = 0) {
    return ledger_.follow(one_, UpdateMeta{{Position(0, at), Position(0, prev), conflated}, 0, 0}, missing);
  }
};

TEST_F(ChainLedgerTest, a_whole_chain_has_links_and_no_breaks) {
  for (std::int64_t at = 10; at < 15; at++) EXPECT_TRUE(follow(at, at - 1));
  EXPECT_EQ(ledger_.counts().links, 4u);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
}

TEST_F(ChainLedgerTest, the_first_break_is_told_with_its_place) {
  follow(10, 9);
  follow(12, 11);
  follow(14, 13);
  EXPECT_EQ(ledger_.counts().breaks, 2u);
  EXPECT_EQ(ledger_.counts().first_break,
            "connection 7, GBPUSD: 0-12 (after 0-11) came after 0-10: lost: prev is not the last offset received");
}

TEST_F(ChainLedgerTest, conflation_accounts_for_as_many_as_it_tells) {
  follow(10, 9);
  follow(14, 10, 3, 3);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
  EXPECT_EQ(ledger_.counts().conflated, 3u);
  follow(18, 14, 3, 2);
  EXPECT_EQ(ledger_.counts().breaks, 1u);
  EXPECT_THAT(ledger_.counts().first_break,
              HasSubstr("3 events are missing before 0-18, of which the server tells 2"));
}

TEST_F(ChainLedgerTest, a_chain_that_joins_over_a_hole_of_the_publishers_numbers_is_broken) {
  follow(10, 9);
  follow(12, 10, 1, 0);
  EXPECT_EQ(ledger_.counts().breaks, 1u);
}

TEST_F(ChainLedgerTest, an_announced_gap_accounts_for_what_is_missing) {
  follow(10, 9);
  ledger_.announce_gap(one_, {"GBPUSD", Position(0, 10), Position(0, 99)});
  follow(99, 98, 50);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
  EXPECT_EQ(ledger_.counts().gaps, 1u);
}

TEST_F(ChainLedgerTest, a_gap_that_begins_too_late_accounts_for_nothing_before_it) {
  follow(10, 9);
  ledger_.announce_gap(one_, {"GBPUSD", Position(0, 50), Position(0, 99)});
  EXPECT_EQ(ledger_.counts().breaks, 1u);
}

TEST_F(ChainLedgerTest, resumes_behind_what_came_last_and_follows_on) {
  EXPECT_EQ(ledger_.come_back(one_), std::nullopt);
  follow(10, 9);
  EXPECT_EQ(ledger_.come_back(one_), Position(0, 10));
  ledger_.answered(one_, true);
  follow(12, 11);
  EXPECT_EQ(ledger_.counts().breaks, 1u);
  EXPECT_EQ(ledger_.counts().resumed, 1u);
}

TEST_F(ChainLedgerTest, a_connection_that_was_not_resumed_begins_anew) {
  follow(10, 9);
  ledger_.come_back(one_);
  ledger_.answered(one_, std::nullopt);
  follow(20, 19, 5);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
  EXPECT_EQ(ledger_.counts().begun_anew, 1u);
}

TEST_F(ChainLedgerTest, an_update_that_comes_twice_breaks_unless_it_is_a_snapshot) {
  follow(10, 9);
  EXPECT_FALSE(ledger_.follow(one_, UpdateMeta{{Position(0, 10), Position(0, 9), 0, true}, 0, 0}, 0));
  EXPECT_EQ(ledger_.counts().breaks, 0u);
  EXPECT_TRUE(follow(10, 9));
  EXPECT_EQ(ledger_.counts().breaks, 1u);
}

TEST_F(ChainLedgerTest, an_update_without_position_proves_nothing) {
  EXPECT_TRUE(ledger_.follow(one_, std::nullopt, 0));
  EXPECT_EQ(ledger_.counts().without_meta, 1u);
  EXPECT_EQ(ledger_.counts().links, 0u);
}

}  // namespace
}  // namespace wsf::load
