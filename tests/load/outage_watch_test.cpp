#include "load/outage_watch.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(OutageWatch, a_broker_that_confirms_in_time_was_never_away) {
  OutageWatch watch;
  for (std::int64_t s = 0; s < 100; s++) watch.settled(s * kSecond, s * kSecond + OutageWatch::kLateNs - 1, true);
  EXPECT_TRUE(watch.outages().empty());
}

TEST(OutageWatch, an_outage_spans_what_was_confirmed_late_and_the_time_to_recover) {
  OutageWatch watch;
  for (std::int64_t s = 10; s < 20; s++) watch.settled(s * kSecond, 21 * kSecond, true);
  ASSERT_EQ(watch.outages().size(), 1u);
  EXPECT_EQ(watch.outages()[0].from_ns, 10 * kSecond - OutageWatch::kLeadNs);
  EXPECT_EQ(watch.outages()[0].to_ns, 21 * kSecond + OutageWatch::kTailNs);
}

TEST(OutageWatch, two_outages_are_told_apart) {
  OutageWatch watch;
  watch.settled(10 * kSecond, 15 * kSecond, true);
  watch.settled(100 * kSecond, 105 * kSecond, true);
  EXPECT_EQ(watch.outages().size(), 2u);
}

TEST(OutageWatch, an_event_that_is_given_up_is_an_outage_however_soon) {
  OutageWatch watch;
  watch.settled(10 * kSecond, 10 * kSecond, false);
  EXPECT_EQ(watch.outages().size(), 1u);
}

TEST(OutageWatch, keeps_a_bounded_number) {
  OutageWatch watch;
  for (std::int64_t s = 0; s < 10'000; s++) watch.settled(s * 100 * kSecond, (s * 100 + 5) * kSecond, true);
  EXPECT_EQ(watch.outages().size(), OutageWatch::kMost);
}

}  // namespace
}  // namespace wsf::load
