#include "fanout/fx_rates/log_budget.hpp"

#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

TEST(LogBudget, a_second_holds_so_many_lines_and_the_next_one_tells_of_the_rest) {
  LogBudget budget;
  std::uint32_t written = 0;
  for (int i = 0; i < 1000; ++i) written += budget.spend(50'000 + i % 900) ? 1 : 0;
  EXPECT_EQ(written, LogBudget::kLinesPerSecond);
  EXPECT_EQ(budget.take_kept_back(50'950), 0u);
  EXPECT_EQ(budget.take_kept_back(51'100), 1000 - LogBudget::kLinesPerSecond);
  EXPECT_EQ(budget.take_kept_back(51'200), 0u);
  EXPECT_TRUE(budget.spend(51'200));
}

}  // namespace
}  // namespace wsf::fanout
