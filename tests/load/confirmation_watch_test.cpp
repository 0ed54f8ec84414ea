#include "load/confirmation_watch.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using News = ConfirmationWatch::News;

constexpr std::int64_t kSecondNs = 1'000'000'000;

TEST(ConfirmationWatch, tells_once_that_nothing_is_confirmed) {
  ConfirmationWatch watch(0);
  EXPECT_EQ(watch.look(0, 1, 4 * kSecondNs), News::none);
  EXPECT_EQ(watch.look(0, 2, 5 * kSecondNs), News::silent);
  EXPECT_EQ(watch.look(0, 3, 60 * kSecondNs), News::none);
}

TEST(ConfirmationWatch, tells_once_that_it_flows_again_and_begins_anew) {
  ConfirmationWatch watch(0);
  watch.look(0, 1, 5 * kSecondNs);
  EXPECT_EQ(watch.look(1, 1, 7 * kSecondNs), News::flows);
  EXPECT_EQ(watch.look(2, 1, 8 * kSecondNs), News::none);
  EXPECT_EQ(watch.look(2, 1, 12 * kSecondNs), News::none);
  EXPECT_EQ(watch.look(2, 1, 13 * kSecondNs), News::silent);
}

TEST(ConfirmationWatch, does_not_mind_a_publisher_that_has_nothing_to_confirm) {
  ConfirmationWatch watch(0);
  EXPECT_EQ(watch.look(3, 0, kSecondNs), News::none);
  EXPECT_EQ(watch.look(3, 0, 60 * kSecondNs), News::none);
  EXPECT_EQ(watch.look(3, 1, 61 * kSecondNs), News::none);
}

TEST(ConfirmationWatch, events_that_are_given_up_are_no_confirmation) {
  ConfirmationWatch watch(0);
  watch.look(0, 9, 5 * kSecondNs);
  EXPECT_EQ(watch.look(0, 0, 30 * kSecondNs), News::none);
  EXPECT_EQ(watch.look(1, 0, 31 * kSecondNs), News::flows);
}

}  // namespace
}  // namespace wsf::load
