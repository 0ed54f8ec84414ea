#include "load/comparison.hpp"

#include "load/outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using Change = Compared::Change;

std::string result(double p99_ms, std::uint64_t lost = 0) {
  Outcome outcome;
  outcome.delivery.expected = 1000;
  outcome.delivery.received = 1000 - lost;
  outcome.delivery.latency = {p99_ms / 4, p99_ms / 3, p99_ms / 2, p99_ms, p99_ms, 1000};
  return verdict_json(outcome, judge(outcome, default_expectations()));
}

Change change_of(const std::string& name, const std::string& before, const std::string& after) {
  const auto rows = compare_results(before, after, 0.1);
  for (const Compared& row : *rows) {
    if (row.name == name) return row.change;
  }
  return Change::unknown;
}

TEST(Comparison, more_latency_than_the_tolerance_is_worse) {
  EXPECT_EQ(change_of("latency p99", result(20), result(21.9)), Change::same);
  EXPECT_EQ(change_of("latency p99", result(20), result(22.1)), Change::worse);
  EXPECT_EQ(change_of("latency p99", result(20), result(17)), Change::better);
}

TEST(Comparison, a_difference_too_small_to_mean_anything_is_none) {
  EXPECT_EQ(change_of("latency p99", result(0.5), result(0.9)), Change::same);
}

TEST(Comparison, the_first_lost_event_is_worse) {
  EXPECT_EQ(change_of("lost", result(20), result(20, 1)), Change::worse);
  EXPECT_TRUE(any_worse(*compare_results(result(20), result(20, 1), 0.1)));
  EXPECT_FALSE(any_worse(*compare_results(result(20, 1), result(20), 0.1)));
}

TEST(Comparison, what_neither_measured_is_left_out) {
  EXPECT_THAT(comparison_text(*compare_results(result(20), result(20), 0.1), false),
              testing::Not(testing::HasSubstr("storm")));
}

TEST(Comparison, names_the_file_that_is_no_result) {
  EXPECT_THAT(compare_results(result(20), "{}", 0.1).error().message, testing::StartsWith("the second file"));
  EXPECT_THAT(compare_results("nonsense", result(20), 0.1).error().message, testing::StartsWith("the first file"));
}

TEST(Comparison, results_of_two_protocols_are_not_compared) {
  Outcome other;
  other.protocol = "notify";
  const std::string notify = verdict_json(other, judge(other, default_expectations()));
  EXPECT_EQ(compare_results(result(20), notify, 0.1).error().message,
            "the first result is of fx-rates, the second of notify");
}

TEST(Comparison, tells_each_row_with_its_change) {
  const std::string text = comparison_text(*compare_results(result(20), result(40), 0.1), false);
  EXPECT_THAT(text, testing::ContainsRegex("latency p99, ms +20.0 +40.0 +\\+100.0 %  worse\n"));
}

}  // namespace
}  // namespace wsf::load
