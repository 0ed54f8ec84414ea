#include "market/oscillation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

namespace wsf::market {
namespace {

const std::vector<Security> kSecurities{{"AAPL", 150.25}, {"T", 15.60}, {"PENNY", 0.40}};

std::vector<std::size_t> all() {
  return {0, 1, 2};
}

TEST(oscillation, some_of_the_watched_move_each_once) {
  Oscillation oscillation(7);
  std::set<std::size_t> sizes;
  for (int i = 0; i < 200; ++i) {
    std::set<std::size_t> moved;
    for (const Move& move : oscillation.step(kSecurities, {0, 2})) EXPECT_TRUE(moved.insert(move.security).second);
    EXPECT_FALSE(moved.contains(1));
    sizes.insert(moved.size());
  }
  EXPECT_THAT(sizes, testing::ElementsAre(1U, 2U));
}

TEST(oscillation, nothing_moves_while_nobody_watches) {
  EXPECT_TRUE(Oscillation(7).step(kSecurities, {}).empty());
}

TEST(oscillation, prices_are_whole_cents_within_a_percent_of_the_base_price) {
  Oscillation oscillation(7);
  double least = 1'000, most = 0;
  for (int i = 0; i < 2'000; ++i) {
    for (const Move& move : oscillation.step(kSecurities, {0})) {
      EXPECT_NEAR(move.price * 100, std::round(move.price * 100), 1e-6);
      least = std::min(least, move.price);
      most = std::max(most, move.price);
    }
  }
  EXPECT_GE(least, 148.74);
  EXPECT_LE(least, 148.80);
  EXPECT_LE(most, 151.76);
  EXPECT_GE(most, 151.70);
}

TEST(oscillation, no_price_falls_below_one) {
  Oscillation oscillation(7);
  for (int i = 0; i < 100; ++i) {
    for (const Move& move : oscillation.step(kSecurities, {2})) EXPECT_EQ(move.price, 1.00);
  }
}

TEST(oscillation, the_same_seed_makes_the_same_prices) {
  const auto prices = [](std::uint64_t seed) {
    Oscillation oscillation(seed);
    std::vector<double> out;
    for (int i = 0; i < 20; ++i) {
      for (const Move& move : oscillation.step(kSecurities, all())) out.push_back(move.price);
    }
    return out;
  };
  EXPECT_EQ(prices(7), prices(7));
  EXPECT_NE(prices(7), prices(8));
}

}  // namespace
}  // namespace wsf::market
