#include "fanout/quotes_patch/patch_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

PatchWish wish(std::vector<SymbolId> symbols, bool compact = false) {
  return {std::move(symbols), {.fields = protocol::QuoteFields::all(), .compact = compact}};
}

TEST(PatchGroups, who_wants_the_same_is_in_one_group) {
  PatchGroups groups;
  const GroupId one = groups.join(4, wish({1, 2}), 7);
  EXPECT_EQ(groups.join(9, wish({1, 2}), 8), one);
  EXPECT_NE(groups.join(5, wish({1, 2}, true), 8), one);
  EXPECT_NE(groups.join(6, wish({1}), 8), one);
  EXPECT_EQ(groups.count(), 3U);
  EXPECT_THAT(groups[one].members, ElementsAre(4U, 9U));
  EXPECT_EQ(groups[one].version, 7);
  EXPECT_EQ(groups.of(9), one);
}

TEST(PatchGroups, a_symbol_knows_who_watches_it) {
  PatchGroups groups;
  const GroupId both = groups.join(1, wish({1, 2}), 0);
  const GroupId second = groups.join(2, wish({2}), 0);
  EXPECT_THAT(groups.watching(1), ElementsAre(both));
  EXPECT_THAT(groups.watching(2), UnorderedElementsAre(both, second));
  EXPECT_THAT(groups.watching(3), IsEmpty());
  groups.leave(1);
  EXPECT_THAT(groups.watching(1), IsEmpty());
  EXPECT_THAT(groups.watching(2), ElementsAre(second));
}

TEST(PatchGroups, a_group_lasts_as_long_as_it_has_members) {
  PatchGroups groups;
  const GroupId id = groups.join(1, wish({1}), 3);
  groups.join(2, wish({1}), 3);
  groups.join(3, wish({1}), 3);
  groups.leave(1);
  EXPECT_THAT(groups[id].members, UnorderedElementsAre(2U, 3U));
  groups.leave(3);
  groups.leave(2);
  EXPECT_EQ(groups.count(), 0U);
  EXPECT_EQ(groups.join(5, wish({8}), 9), id);
  EXPECT_EQ(groups[id].version, 9);
  EXPECT_THAT(groups[id].members, ElementsAre(5U));
}

}  // namespace
}  // namespace wsf::fanout
