#include "load/capacity_search.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace wsf::load {
namespace {

using Run = CapacitySearch::Run;

// What is asked for, of a server that carries so much.
std::vector<double> asked(CapacitySearch& search, double carried, Run beyond = Run::broke) {
  std::vector<double> out;
  while (const auto next = search.next()) {
    out.push_back(*next);
    search.report(*next <= carried ? Run::held : beyond);
  }
  return out;
}

TEST(CapacitySearch, doubles_until_it_breaks_and_halves_the_distance_after) {
  CapacitySearch search(10, 1e6, false);
  EXPECT_EQ(asked(search, 65), (std::vector<double>{10, 20, 40, 80, 60, 70, 65}));
  EXPECT_EQ(search.held(), 65);
  EXPECT_EQ(search.broke(), 70);
  EXPECT_FALSE(search.generator_bound());
}

TEST(CapacitySearch, goes_down_when_the_beginning_was_too_much) {
  CapacitySearch search(100, 1e6, false);
  asked(search, 11);
  ASSERT_TRUE(search.held());
  EXPECT_LE(*search.held(), 11);
  EXPECT_GE(*search.held(), 11 / CapacitySearch::kPrecision);
}

TEST(CapacitySearch, ends_where_nothing_holds) {
  CapacitySearch search(100, 1e6, true);
  const auto runs = asked(search, 0);
  EXPECT_EQ(runs.back(), 1);
  EXPECT_EQ(search.held(), std::nullopt);
}

TEST(CapacitySearch, ends_at_the_highest_value_when_everything_holds) {
  CapacitySearch search(100, 350, true);
  EXPECT_EQ(asked(search, 1e9), (std::vector<double>{100, 200, 350}));
  EXPECT_EQ(search.broke(), std::nullopt);
}

TEST(CapacitySearch, says_when_it_met_the_generators_limit) {
  CapacitySearch search(10, 1e6, false);
  asked(search, 65, Run::generator_bound);
  EXPECT_TRUE(search.generator_bound());
}

TEST(CapacitySearch, ends_after_a_bounded_number_of_runs) {
  CapacitySearch search(1, 1e300, false);
  EXPECT_EQ(asked(search, 1e301).size(), std::size_t{CapacitySearch::kMostRuns});
}

}  // namespace
}  // namespace wsf::load
