#include "wsclient/backoff.hpp"

#include <gtest/gtest.h>

namespace wsf::wsclient {
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

}  // namespace
}  // namespace wsf::wsclient
