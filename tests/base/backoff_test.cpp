#include "base/backoff.hpp"

#include <gtest/gtest.h>

namespace wsf::base {
namespace {

using namespace std::chrono_literals;

double highest() {
  return 0.999999;
}

TEST(backoff, ceiling_doubles_from_half_a_second_to_thirty) {
  Backoff backoff(highest);
  for (const auto ceiling : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 16000ms, 30000ms, 30000ms}) {
    const auto wait = backoff.next();
    EXPECT_LE(wait, ceiling);
    EXPECT_GE(wait, ceiling - 1ms);
  }
}

TEST(backoff, jitter_reaches_down_to_nothing) {
  Backoff backoff([] { return 0.0; });
  EXPECT_EQ(backoff.next(), 0ms);
}

TEST(backoff, starts_anew_after_a_connection_that_held) {
  Backoff backoff(highest);
  backoff.next();
  backoff.next();
  backoff.reset();
  EXPECT_LE(backoff.next(), 500ms);
}

TEST(backoff, a_window_that_is_asked_for_bounds_the_first_wait) {
  EXPECT_EQ(Backoff([] { return 0.0; }).next({1s, 5s}), 1s);
  const auto longest = Backoff(highest).next({1s, 5s});
  EXPECT_GT(longest, 4900ms);
  EXPECT_LE(longest, 5s);
}

TEST(backoff, doubles_on_from_a_window_that_was_asked_for) {
  Backoff backoff(highest);
  backoff.next({1s, 5s});
  EXPECT_GT(backoff.next(), 9900ms);
}

TEST(backoff, a_window_narrows_no_wait_that_has_grown) {
  Backoff backoff(highest);
  for (int i = 0; i < 5; ++i) backoff.next();
  EXPECT_GT(backoff.next({1s, 5s}), 15s);
}

TEST(backoff, grows_between_the_limits_that_it_was_given) {
  Backoff backoff(highest, {100ms, 300ms});
  EXPECT_LE(backoff.next(), 100ms);
  EXPECT_GT(backoff.next(), 190ms);
  EXPECT_GT(backoff.next(), 290ms);
  EXPECT_LE(backoff.next(), 300ms);
}

}  // namespace
}  // namespace wsf::base
