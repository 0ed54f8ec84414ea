#include "trace/spool.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace wsf::trace {
namespace {

using namespace std::chrono_literals;

Span numbered(std::int64_t number) {
  Span span;
  span.start_ns = number;
  return span;
}

TEST(Spool, the_oldest_come_first_and_no_more_than_asked_for) {
  Spool spool;
  for (int i = 0; i < 3; ++i) spool.put(numbered(i));
  const auto first = spool.take(2, 0ms);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[1].start_ns, 1);
  EXPECT_EQ(spool.take(2, 0ms).size(), 1u);
  EXPECT_TRUE(spool.take(2, 0ms).empty());
}

TEST(Spool, what_is_above_its_bound_is_left_out) {
  Spool spool;
  for (std::size_t i = 0; i < Spool::kMaxSpans; ++i) ASSERT_TRUE(spool.put({}));
  EXPECT_FALSE(spool.put({}));
  spool.take(1, 0ms);
  EXPECT_TRUE(spool.put({}));
}

TEST(Spool, who_waits_is_woken_by_a_full_batch) {
  Spool spool;
  std::vector<Span> taken;
  std::thread waiting([&] { taken = spool.take(3, 1h); });
  for (int i = 0; i < 3; ++i) spool.put({});
  waiting.join();
  EXPECT_EQ(taken.size(), 3u);
}

TEST(Spool, who_waits_is_woken_by_the_end) {
  Spool spool;
  spool.put({});
  std::vector<Span> taken;
  std::thread waiting([&] { taken = spool.take(3, 1h); });
  spool.close();
  waiting.join();
  EXPECT_EQ(taken.size(), 1u);
}

}  // namespace
}  // namespace wsf::trace
