#include "load/plan.hpp"

#include "load/pair_numbers.hpp"

#include <gtest/gtest.h>

#include <set>

namespace wsf::load {
namespace {

TEST(Plan, gives_each_pair_the_same_number_of_subscribers) {
  const Plan plan{1000, 50, 10};
  for (const std::uint64_t subscribers : plan.subscribers_of_each_key()) EXPECT_EQ(subscribers, 200u);
}

TEST(Plan, counts_subscribers_as_the_connections_choose) {
  const Plan plan{7, 5, 3};
  std::vector<std::uint64_t> counted(5);
  for (std::uint32_t connection = 0; connection < 7; connection++) {
    for (std::uint32_t slot = 0; slot < 3; slot++) counted[plan.key_of(connection, slot)]++;
  }
  EXPECT_EQ(plan.subscribers_of_each_key(), counted);
}

TEST(Plan, finds_the_slot_of_each_pair_and_none_for_the_others) {
  const Plan plan{7, 5, 3};
  for (std::uint32_t connection = 0; connection < 7; connection++) {
    std::set<std::uint32_t> own;
    for (std::uint32_t slot = 0; slot < 3; slot++) {
      own.insert(plan.key_of(connection, slot));
      EXPECT_EQ(plan.slot_of(connection, plan.key_of(connection, slot)), slot);
    }
    EXPECT_EQ(own.size(), 3u);
    for (std::uint32_t pair = 0; pair < 5; pair++)
      EXPECT_EQ(plan.slot_of(connection, pair).has_value(), own.contains(pair));
  }
}

TEST(Plan, slow_connections_are_spread_and_never_the_first) {
  const Plan plan{1000, 5, 3, 10};
  std::uint32_t slow = 0;
  for (std::uint32_t connection = 0; connection < 1000; connection++) {
    slow += plan.is_slow(connection) ? 1 : 0;
  }
  EXPECT_FALSE(plan.is_slow(0));
  EXPECT_EQ(slow, 10u);
  std::uint64_t subscriptions = 0;
  for (const std::uint64_t of_pair : plan.subscribers_of_each_key()) subscriptions += of_pair;
  EXPECT_EQ(subscriptions, 990u * 3);
}

TEST(Plan, by_zipf_the_first_pairs_have_the_most_subscribers_and_none_is_taken_twice) {
  Plan plan{2000, 50, 10};
  plan.chosen = choose(plan, KeyChoice::by_zipf, 1);
  for (std::uint32_t connection = 0; connection < plan.connections; connection++) {
    std::set<std::uint32_t> own;
    for (std::uint32_t slot = 0; slot < 10; slot++) {
      own.insert(plan.key_of(connection, slot));
      EXPECT_EQ(plan.slot_of(connection, plan.key_of(connection, slot)), slot);
    }
    EXPECT_EQ(own.size(), 10u);
  }
  const auto counts = plan.subscribers_of_each_key();
  EXPECT_GT(counts[0], 1.5 * static_cast<double>(counts[5]));
  EXPECT_GT(counts[5], 2 * counts[49]);
  EXPECT_EQ(choose(plan, KeyChoice::by_zipf, 1), plan.chosen);
  EXPECT_NE(choose(plan, KeyChoice::by_zipf, 2), plan.chosen);
}

TEST(Plan, by_chance_hardly_two_connections_have_the_same_and_all_keys_are_wanted_alike) {
  Plan plan{2000, 50, 5};
  plan.chosen = choose(plan, KeyChoice::by_chance, 1);
  std::set<std::set<std::uint32_t>> sets;
  for (std::uint32_t connection = 0; connection < plan.connections; connection++) {
    std::set<std::uint32_t> own;
    for (std::uint32_t slot = 0; slot < 5; slot++) own.insert(plan.key_of(connection, slot));
    EXPECT_EQ(own.size(), 5u);
    sets.insert(own);
  }
  EXPECT_GT(sets.size(), 1900u);
  for (const std::uint64_t count : plan.subscribers_of_each_key()) EXPECT_NEAR(static_cast<double>(count), 200, 80);
}

TEST(PairNumbers, finds_each_name_and_no_other) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < PairNumbers::kMost; i++) {
    const auto letter = [](std::uint32_t number) { return static_cast<char>('A' + number % 26); };
    names.push_back(std::string("EUX") + letter(i / 676) + letter(i / 26) + letter(i));
  }
  const PairNumbers numbers(names);
  for (std::uint32_t i = 0; i < names.size(); i++) EXPECT_EQ(numbers.number(names[i]), i);
  EXPECT_FALSE(numbers.number("EURUSD"));
  EXPECT_FALSE(numbers.number("EUR"));
}

}  // namespace
}  // namespace wsf::load
