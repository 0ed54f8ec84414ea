#include "market/symbols.hpp"

#include "base/identifier.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace wsf::market {
namespace {

TEST(symbols, the_well_known_ones_are_about_fifty_with_prices) {
  const auto& known = well_known_securities();
  EXPECT_EQ(known.size(), 50U);
  std::set<std::string> names;
  for (const Security& one : known) {
    EXPECT_TRUE(base::is_symbol(one.symbol)) << one.symbol;
    EXPECT_GT(one.base_price, 1);
    names.insert(one.symbol);
  }
  EXPECT_EQ(names.size(), known.size());
  for (const char* symbol : {"AAPL", "GOOGL", "MSFT", "AMZN", "TSLA"}) EXPECT_TRUE(names.contains(symbol));
}

TEST(symbols, a_list_has_a_symbol_and_its_price_in_a_line) {
  const auto list = parse_securities("# mine\nAAPL 150.25\n  BRK.B,347   # a comma\r\n\nX-Y\t1e2\n");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 3U);
  EXPECT_EQ(list->at(1).symbol, "BRK.B");
  EXPECT_EQ(list->at(1).base_price, 347);
  EXPECT_EQ(list->at(2).base_price, 100);
}

TEST(symbols, what_is_wrong_with_a_list_is_said_with_its_line) {
  const auto complaint = [](const char* text) { return parse_securities(text).error().message; };
  EXPECT_EQ(complaint("AAPL 1\naapl 2\n"), "line 2: \"aapl\" is no symbol (1 to 15 of A-Z 0-9 . -)");
  EXPECT_EQ(complaint("AAPL\n"), "line 1: AAPL needs a base price above 0");
  EXPECT_EQ(complaint("AAPL 0\n"), "line 1: AAPL needs a base price above 0");
  EXPECT_EQ(complaint("AAPL 1 2\n"), "line 1: AAPL needs a base price above 0");
  EXPECT_EQ(complaint("T 15\nAAPL 1\nT 16\n"), "line 3: T again");
  EXPECT_EQ(complaint("# nothing\n"), "names no symbol");
}

}  // namespace
}  // namespace wsf::market
