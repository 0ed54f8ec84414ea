#include "hub/token_bucket.hpp"

#include <gtest/gtest.h>

namespace wsf::hub {
namespace {

int taken(TokenBucket& bucket, double rate_per_s, std::int64_t now_ms) {
  int out = 0;
  while (out < 1000 && bucket.take(rate_per_s, now_ms)) ++out;
  return out;
}

TEST(TokenBucket, gives_at_once_what_it_gives_in_a_second) {
  TokenBucket bucket;
  EXPECT_EQ(taken(bucket, 10, 5'000), 10);
}

TEST(TokenBucket, fills_with_time_and_no_further_than_that) {
  TokenBucket bucket;
  taken(bucket, 10, 0);
  EXPECT_EQ(taken(bucket, 10, 99), 0);
  EXPECT_EQ(taken(bucket, 10, 300), 3);
  EXPECT_EQ(taken(bucket, 10, 1'000'000), 10);
}

TEST(TokenBucket, of_less_than_one_a_second_still_gives_one) {
  TokenBucket bucket;
  EXPECT_EQ(taken(bucket, 0.1, 0), 1);
  EXPECT_EQ(taken(bucket, 0.1, 9'900), 0);
  EXPECT_EQ(taken(bucket, 0.1, 10'100), 1);
}

TEST(TokenBucket, takes_several_or_none) {
  TokenBucket bucket;
  EXPECT_TRUE(bucket.take(10, 0, 8));
  EXPECT_FALSE(bucket.take(10, 0, 3));
  EXPECT_TRUE(bucket.take(10, 0, 2));
}

TEST(TokenBucket, does_not_mind_a_clock_of_more_than_32_bits) {
  TokenBucket bucket;
  const std::int64_t late = (std::int64_t{1} << 32) - 50;
  taken(bucket, 10, late);
  EXPECT_EQ(taken(bucket, 10, late + 100), 1);
}

}  // namespace
}  // namespace wsf::hub
