#include "load/sequence.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace wsf::load {
namespace {

using enum Seen;

std::vector<Seen> seen(const std::vector<std::uint32_t>& numbers) {
  Sequence sequence;
  std::vector<Seen> out;
  for (const std::uint32_t number : numbers) out.push_back(sequence.see(number));
  return out;
}

TEST(Sequence, starts_anywhere_and_goes_on_by_one) {
  EXPECT_EQ(seen({7, 8, 9}), (std::vector{in_order, in_order, in_order}));
}

TEST(Sequence, tells_a_hole_and_the_late_one_that_fills_it) {
  EXPECT_EQ(seen({1, 3, 2, 4}), (std::vector{in_order, after_hole, late, in_order}));
}

TEST(Sequence, counts_no_number_twice) {
  EXPECT_EQ(seen({1, 2, 2, 1, 3}), (std::vector{in_order, in_order, duplicate, duplicate, in_order}));
  EXPECT_EQ(seen({1, 3, 2, 2}), (std::vector{in_order, after_hole, late, duplicate}));
}

TEST(Sequence, remembers_63_numbers_behind_the_newest) {
  EXPECT_EQ(seen({100, 37}), (std::vector{in_order, late}));
  EXPECT_EQ(seen({100, 36}), (std::vector{in_order, duplicate}));
  EXPECT_EQ(seen({1, 1000, 999, 1}), (std::vector{in_order, after_hole, late, duplicate}));
}

}  // namespace
}  // namespace wsf::load
