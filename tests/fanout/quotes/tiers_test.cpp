#include "fanout/quotes/tiers.hpp"

#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

std::string complaint(const std::string& list) {
  const auto tiers = QuoteTiers::parse({list});
  return tiers ? "" : tiers.error().message;
}

TEST(QuoteTiers, without_lists_everything_is_allowed) {
  EXPECT_TRUE(QuoteTiers{}.allows("", "AAPL"));
  EXPECT_TRUE(QuoteTiers::parse({})->allows("basic", "AAPL"));
}

TEST(QuoteTiers, a_tier_may_see_what_its_lists_name) {
  const QuoteTiers tiers = QuoteTiers::parse({"basic=AAPL,BRK.B", "basic=MSFT", "premium=*"}).value();
  EXPECT_TRUE(tiers.allows("basic", "AAPL"));
  EXPECT_TRUE(tiers.allows("basic", "BRK.B"));
  EXPECT_TRUE(tiers.allows("basic", "MSFT"));
  EXPECT_FALSE(tiers.allows("basic", "TSLA"));
  EXPECT_TRUE(tiers.allows("premium", "TSLA"));
}

TEST(QuoteTiers, a_tier_without_a_list_may_see_nothing_or_what_the_default_names) {
  const QuoteTiers strict = QuoteTiers::parse({"basic=AAPL"}).value();
  EXPECT_FALSE(strict.allows("", "AAPL"));
  EXPECT_FALSE(strict.allows("gold", "AAPL"));
  const QuoteTiers mild = QuoteTiers::parse({"basic=AAPL", "default=MSFT"}).value();
  EXPECT_TRUE(mild.allows("", "MSFT"));
  EXPECT_TRUE(mild.allows("gold", "MSFT"));
  EXPECT_FALSE(mild.allows("basic", "MSFT"));
}

TEST(QuoteTiers, what_is_no_list_is_explained) {
  EXPECT_EQ(complaint("AAPL"), R"("AAPL" is no list of a tier (try basic=AAPL,MSFT or premium=*))");
  EXPECT_NE(complaint("=AAPL"), "");
  EXPECT_EQ(complaint("basic=AAPL,msft"), R"("msft" of basic is no symbol (1 to 15 of A-Z 0-9 . -, or * for all))");
  EXPECT_NE(complaint("basic="), "");
  EXPECT_NE(complaint("basic=AAPL,"), "");
}

}  // namespace
}  // namespace wsf::fanout
