#include "hub/staleness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::hub {

bool operator==(const Staleness::Change& a, const Staleness::Change& b) {
  return a.key == b.key && a.stale == b.stale;
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::UnorderedElementsAre;

using Change = Staleness::Change;

constexpr KeyId kEuro = 0;
constexpr KeyId kPound = 1;

// A feed that has been read since 1,000; stale after 100.
class StalenessTest : public testing::Test {
 protected:
  StalenessTest() { at(1'000); }

  std::vector<Change> at(std::int64_t now_ms, bool feeding = true) {
    const auto changes = staleness.advance(now_ms, feeding);
    return {changes.begin(), changes.end()};
  }
  std::vector<Change> lost_at(std::int64_t now_ms) { return at(now_ms, false); }

  Staleness staleness{100, 1'000};
};

TEST_F(StalenessTest, a_silent_key_becomes_stale_once_and_since_its_last_event) {
  staleness.watch(kEuro, 1'000);
  EXPECT_THAT(at(1'099), IsEmpty());
  EXPECT_THAT(at(1'100), ElementsAre(Change{kEuro, true}));
  EXPECT_THAT(at(1'101), IsEmpty());
  EXPECT_THAT(staleness.stale_since(kEuro), Optional(1'000));
}

TEST_F(StalenessTest, an_event_ends_it_and_says_so_once) {
  staleness.watch(kEuro, 1'000);
  at(1'100);
  EXPECT_TRUE(staleness.heard(kEuro, 1'150));
  EXPECT_FALSE(staleness.heard(kEuro, 1'151));
  EXPECT_EQ(staleness.stale_since(kEuro), std::nullopt);
  EXPECT_THAT(at(1'250), IsEmpty());
  EXPECT_THAT(at(1'251), ElementsAre(Change{kEuro, true}));
}

TEST_F(StalenessTest, a_key_that_speaks_in_time_is_never_stale) {
  staleness.watch(kEuro, 1'000);
  for (std::int64_t now_ms = 1'000; now_ms < 5'000; now_ms += 99) {
    staleness.heard(kEuro, now_ms);
    EXPECT_THAT(at(now_ms + 98), IsEmpty());
  }
}

TEST_F(StalenessTest, a_key_that_is_stale_when_it_is_first_watched_is_no_change) {
  at(2'000);
  staleness.watch(kEuro, 1'500);
  EXPECT_THAT(staleness.stale_since(kEuro), Optional(1'500));
  EXPECT_THAT(at(2'001), IsEmpty());
}

TEST_F(StalenessTest, a_lost_feed_makes_every_key_stale_at_once_since_the_loss) {
  staleness.watch(kEuro, 1'000);
  staleness.watch(kPound, 1'010);
  EXPECT_THAT(lost_at(1'020), UnorderedElementsAre(Change{kEuro, true}, Change{kPound, true}));
  EXPECT_THAT(staleness.stale_since(kPound), Optional(1'020));
}

TEST_F(StalenessTest, a_returned_feed_revives_only_those_not_silent_too_long) {
  staleness.watch(kEuro, 1'000);
  staleness.watch(kPound, 1'090);
  lost_at(1'095);
  EXPECT_THAT(at(1'150), ElementsAre(Change{kPound, false}));
  EXPECT_THAT(staleness.stale_since(kEuro), Optional(1'095));
  EXPECT_TRUE(staleness.heard(kEuro, 1'160));
}

TEST_F(StalenessTest, a_key_that_was_silent_before_the_loss_stays_stale_since_its_last_event) {
  staleness.watch(kEuro, 1'000);
  at(1'100);
  EXPECT_THAT(lost_at(1'200), IsEmpty());
  EXPECT_THAT(staleness.stale_since(kEuro), Optional(1'000));
}

TEST_F(StalenessTest, an_event_that_comes_after_the_loss_counts) {
  staleness.watch(kEuro, 1'000);
  lost_at(1'020);
  EXPECT_TRUE(staleness.heard(kEuro, 1'030));
  EXPECT_THAT(lost_at(1'040), IsEmpty());
  EXPECT_THAT(lost_at(2'040), ElementsAre(Change{kEuro, true}));
}

TEST_F(StalenessTest, a_key_watched_while_the_feed_is_lost_is_stale_since_the_loss) {
  lost_at(1'020);
  staleness.watch(kEuro, 1'010);
  EXPECT_THAT(staleness.stale_since(kEuro), Optional(1'020));
}

TEST_F(StalenessTest, with_limit_0_only_the_feed_counts) {
  Staleness unlimited{0, 1'000};
  unlimited.advance(1'000, true);
  unlimited.watch(kEuro, 1'000);
  EXPECT_THAT(unlimited.advance(1'000'000, true), IsEmpty());
  EXPECT_THAT(unlimited.advance(1'000'001, false), ElementsAre(Change{kEuro, true}));
}

TEST_F(StalenessTest, before_the_feed_is_there_a_key_is_stale_since_the_start) {
  Staleness starting{100, 700};
  starting.watch(kEuro, 700);
  EXPECT_THAT(starting.stale_since(kEuro), Optional(700));
  starting.learn(kEuro, 650);
  EXPECT_THAT(starting.advance(720, true), ElementsAre(Change{kEuro, false}));
  EXPECT_THAT(starting.advance(750, true), ElementsAre(Change{kEuro, true}));
  EXPECT_THAT(starting.stale_since(kEuro), Optional(650));
}

TEST_F(StalenessTest, what_is_not_watched_is_not_told_of_and_not_counted) {
  staleness.watch(kEuro, 1'000);
  staleness.watch(kPound, 1'000);
  at(1'100);
  EXPECT_EQ(staleness.stale(), 2u);
  staleness.unwatch(kEuro);
  EXPECT_EQ(staleness.stale(), 1u);
  EXPECT_FALSE(staleness.heard(kEuro, 1'200));
  EXPECT_THAT(at(3'000), IsEmpty());
}

TEST_F(StalenessTest, the_longest_silence_is_that_of_the_watched_and_no_older_than_a_look) {
  at(2'000);
  EXPECT_EQ(staleness.longest_silence_ms(), 0);
  staleness.watch(kEuro, 1'500);
  staleness.watch(kPound, 1'990);
  at(2'000 + Staleness::kLookEveryMs);
  EXPECT_EQ(staleness.longest_silence_ms(), 500 + Staleness::kLookEveryMs);
  staleness.unwatch(kEuro);
  at(2'000 + 2 * Staleness::kLookEveryMs);
  EXPECT_EQ(staleness.longest_silence_ms(), 10 + 2 * Staleness::kLookEveryMs);
}

}  // namespace
}  // namespace wsf::hub
