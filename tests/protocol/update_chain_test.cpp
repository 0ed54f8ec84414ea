// What a client received of one pair, message by message, and how each joins what was before it.

#include "protocol/update_chain.hpp"

#include "protocol/fx_rates.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace wsf::protocol {
namespace {

using Told = std::function<std::string(UpdateChain&)>;  // the step's name, or "" for what is none

std::optional<base::Position> at(const char* text) {
  return text == nullptr ? std::nullopt : parse_position(text);
}

Told update(const char* offset, const char* prev, std::uint32_t conflated = 0) {
  return [=](UpdateChain& chain) {
    return std::string(name(chain.update({*at(offset), at(prev), conflated, false})));
  };
}

Told snapshot(const char* offset, const char* prev) {
  return [=](UpdateChain& chain) { return std::string(name(chain.update({*at(offset), at(prev), 0, true}))); };
}

Told gap(const char* from, const char* to) {
  return [=](UpdateChain& chain) { return std::string(name(chain.gap(*at(from), at(to)))); };
}

Told reconnected() {
  return [](UpdateChain& chain) { return chain.reconnected(), std::string(); };
}

Told recovered(bool all) {
  return [=](UpdateChain& chain) { return chain.recovered(all), std::string(); };
}

struct Row {
  const char* behaviour;
  std::vector<Told> received;  // after the update 3-10
  std::string last_step;

  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.behaviour; }
};

const std::vector<Row> kRows = {
    // clang-format off
    {"prev_is_the_last_offset", {update("3-15", "3-10")}, "in_order"},
    {"prev_is_another_offset", {update("3-15", "3-12")}, "lost"},
    {"prev_is_missing", {update("3-15", nullptr)}, "lost"},
    {"after_a_loss_the_chain_goes_on", {update("3-15", "3-12"), update("3-16", "3-15")}, "in_order"},
    {"an_update_comes_again", {update("3-10", "3-8")}, "backwards"},
    {"an_older_update_comes", {update("3-9", "3-8")}, "backwards"},
    {"its_own_prev_does_not_excuse_a_step_back", {update("3-9", "3-10")}, "backwards"},
    {"a_step_back_leaves_the_chain_where_it_was", {update("3-9", "3-8"), update("3-15", "3-10")}, "in_order"},
    {"superseded_updates_are_counted", {update("3-15", "3-10", 4)}, "conflated"},
    {"counting_does_not_excuse_a_loss", {update("3-15", "3-12", 2)}, "lost"},
    {"a_snapshot_of_the_last_update", {snapshot("3-10", "3-8")}, "known"},
    {"a_snapshot_of_the_next_update", {snapshot("3-15", "3-10")}, "in_order"},
    {"a_snapshot_beyond_the_next_update", {snapshot("3-15", "3-12")}, "lost"},

    {"another_partition_with_a_whole_chain", {update("5-2", "3-10")}, "moved"},
    {"another_partition_with_a_broken_chain", {update("5-2", "3-12")}, "lost"},
    {"a_log_made_anew_with_a_whole_chain", {update("1.3-0", "3-10")}, "new_epoch"},
    {"a_log_made_anew_whose_first_event_knows_no_other", {update("1.3-0", nullptr)}, "new_epoch"},
    {"a_log_made_anew_of_which_the_first_event_is_missing", {update("1.3-5", "1.3-0")}, "lost"},
    {"the_log_before_it_again", {update("1.3-0", "3-10"), update("3-11", "3-10")}, "backwards"},

    {"a_gap_is_told", {gap("3-10", "3-30")}, "gap"},
    {"a_gap_and_the_snapshot_at_its_end", {gap("3-10", "3-30"), snapshot("3-30", "3-29")}, "known"},
    {"a_gap_and_the_update_at_its_end", {gap("3-10", "3-30"), update("3-30", "3-29")}, "in_order"},
    {"a_gap_and_the_update_after_its_end", {gap("3-10", "3-30"), update("3-31", "3-30")}, "in_order"},
    {"a_gap_and_an_update_across_its_end", {gap("3-10", "3-30"), update("3-31", "3-10")}, "in_order"},
    {"a_gap_and_one_that_superseded_its_end", {gap("3-10", "3-30"), update("3-33", "3-29", 2)}, "conflated"},
    {"a_gap_and_a_loss_after_it", {gap("3-10", "3-30"), update("3-40", "3-33")}, "lost"},
    {"a_gap_and_an_update_from_within", {gap("3-10", "3-30"), update("3-20", "3-19")}, "backwards"},
    {"a_gap_to_another_partition", {gap("3-10", "5-7"), snapshot("5-7", "5-6")}, "known"},
    {"a_gap_without_end", {gap("3-10", nullptr), update("3-90", "3-80")}, "first"},
    {"a_gap_that_begins_before_the_last_offset", {gap("3-8", "3-30")}, "gap"},
    {"a_gap_that_begins_after_the_last_offset", {gap("3-12", "3-30")}, "lost"},
    {"a_gap_that_an_update_has_overtaken", {update("3-31", "3-10", 3), gap("3-10", "3-30"), update("3-32", "3-31")}, "in_order"},

    {"a_new_connection_and_the_next_update", {reconnected(), update("3-15", "3-10")}, "in_order"},
    {"a_new_connection_without_resume", {reconnected(), update("3-15", "3-12")}, "not_resumed"},
    {"a_new_connection_to_a_replica_that_is_behind", {reconnected(), update("3-9", "3-8")}, "not_resumed"},
    {"one_hole_for_each_new_connection", {reconnected(), update("3-15", "3-12"), update("3-19", "3-17")}, "lost"},
    {"a_snapshot_proves_that_nothing_happened", {reconnected(), snapshot("3-10", "3-8"), update("3-15", "3-12")}, "lost"},
    {"resumed_without_a_hole", {reconnected(), recovered(true), update("3-15", "3-10")}, "in_order"},
    {"resumed_with_a_hole_in_spite_of_the_promise", {reconnected(), recovered(true), update("3-15", "3-12")}, "lost"},
    {"resumed_and_sent_again", {reconnected(), recovered(true), update("3-10", "3-8")}, "backwards"},
    {"not_recovered_with_a_gap", {reconnected(), recovered(false), gap("3-10", "3-30"), snapshot("3-30", "3-29")}, "known"},
    {"not_recovered_and_no_word_of_a_gap", {reconnected(), recovered(false), snapshot("3-30", "3-29")}, "gap"},
    {"resumed_within_a_gap_with_its_end", {gap("3-10", "3-30"), reconnected(), recovered(true), update("3-30", "3-10")}, "in_order"},
    {"resumed_within_a_gap_with_what_follows", {gap("3-10", "3-30"), reconnected(), recovered(true), update("3-40", "3-10")}, "in_order"},
    {"resumed_within_a_gap_with_a_hole", {gap("3-10", "3-30"), reconnected(), recovered(true), update("3-40", "3-38")}, "lost"},
    {"not_resumed_within_a_gap", {gap("3-10", "3-30"), reconnected(), update("3-40", "3-38")}, "not_resumed"},
    {"a_gap_back_to_the_beginning", {gap("3-10", "3-4"), update("3-4", "3-2")}, "in_order"},
    {"a_gap_to_a_log_made_anew", {gap("3-10", "1.3-7"), update("1.3-7", "3-10")}, "in_order"},
    {"a_gap_of_the_log_and_the_next_update_after_it", {gap("3-10", "3-50"), update("3-63", "3-10")}, "in_order"},
    {"not_recovered_in_a_log_that_begins_again", {reconnected(), recovered(false), gap("3-10", "3-4"), snapshot("3-4", "3-2")}, "known"},
    // clang-format on
};

class ChainRows : public ::testing::TestWithParam<Row> {};

TEST_P(ChainRows, step) {
  UpdateChain chain;
  chain.update({{3, 10}, base::Position{3, 8}});
  std::string step;
  for (const auto& received : GetParam().received) step = received(chain);
  EXPECT_EQ(step, GetParam().last_step);
}

INSTANTIATE_TEST_SUITE_P(UpdateChain, ChainRows, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.behaviour); });

TEST(UpdateChain, the_first_update_may_be_any) {
  UpdateChain chain;
  EXPECT_EQ(chain.last(), std::nullopt);
  EXPECT_EQ(chain.update({{3, 10}, base::Position{3, 8}}), Step::first);
  EXPECT_EQ(chain.last(), (base::Position{3, 10}));
}

TEST(UpdateChain, a_new_connection_before_the_first_update_changes_nothing) {
  UpdateChain chain;
  chain.reconnected();
  chain.recovered(false);
  EXPECT_EQ(chain.update({{3, 10}, base::Position{3, 8}}), Step::first);
}

TEST(UpdateChain, a_client_resumes_before_the_end_of_a_gap_until_that_has_come) {
  UpdateChain chain;
  chain.update({{3, 10}, std::nullopt});
  chain.gap({3, 10}, base::Position{3, 30});
  EXPECT_EQ(chain.last(), std::nullopt);
  EXPECT_EQ(chain.resume_from(), (base::Position{3, 29}));
  chain.update({{3, 30}, base::Position{3, 29}, 0, true});
  EXPECT_EQ(chain.last(), (base::Position{3, 30}));
  EXPECT_EQ(chain.resume_from(), (base::Position{3, 30}));
}

TEST(UpdateChain, a_broken_promise_is_a_hole_that_is_not_accounted_for) {
  StepCounts counts;
  for (std::size_t i = 0; i < kStepCount; ++i) counts.add(static_cast<Step>(i));
  EXPECT_EQ(counts.holes(), 5u);
  EXPECT_EQ(counts.unaccounted(), 2u);
  EXPECT_TRUE(is_hole(Step::gap) && is_accounted_for(Step::gap));
  EXPECT_TRUE(is_hole(Step::lost) && !is_accounted_for(Step::lost));
  EXPECT_FALSE(is_hole(Step::new_epoch));
}

}  // namespace
}  // namespace wsf::protocol
