#include "load/plan.hpp"

#include <gtest/gtest.h>

#include <set>

namespace wsf::load {
namespace {

TEST(Plan, gives_each_pair_the_same_number_of_subscribers) {
  const Plan plan{1000, 50, 10};
  for (const std::uint64_t subscribers : plan.subscribers_of_each_pair()) EXPECT_EQ(subscribers, 200u);
}

TEST(Plan, counts_subscribers_as_the_connections_choose) {
  const Plan plan{7, 5, 3};
  std::vector<std::uint64_t> counted(5);
  for (std::uint32_t connection = 0; connection < 7; connection++) {
    for (std::uint32_t slot = 0; slot < 3; slot++) counted[plan.pair_of(connection, slot)]++;
  }
  EXPECT_EQ(plan.subscribers_of_each_pair(), counted);
}

TEST(Plan, finds_the_slot_of_each_pair_and_none_for_the_others) {
  const Plan plan{7, 5, 3};
  for (std::uint32_t connection = 0; connection < 7; connection++) {
    std::set<std::uint32_t> own;
    for (std::uint32_t slot = 0; slot < 3; slot++) {
      own.insert(plan.pair_of(connection, slot));
      EXPECT_EQ(plan.slot_of(connection, plan.pair_of(connection, slot)), slot);
    }
    EXPECT_EQ(own.size(), 3u);
    for (std::uint32_t pair = 0; pair < 5; pair++)
      EXPECT_EQ(plan.slot_of(connection, pair).has_value(), own.contains(pair));
  }
}

TEST(PairNumbers, finds_each_name_and_no_other) {
  std::vector<std::string> names;
  for (char a = 'A'; a <= 'Z'; a++) {
    for (char b = 'A'; b <= 'Z'; b++) names.push_back(std::string("EUR") + a + b + 'X');
  }
  const PairNumbers numbers(names);
  for (std::uint32_t i = 0; i < names.size(); i++) EXPECT_EQ(numbers.number(names[i]), i);
  EXPECT_FALSE(numbers.number("EURUSD"));
  EXPECT_FALSE(numbers.number("EUR"));
}

}  // namespace
}  // namespace wsf::load
