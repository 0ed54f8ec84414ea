#include "stats/counter.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace wsf::stats {
namespace {

TEST(Counter, counts_what_its_one_writer_adds) {
  Counter counter;
  counter.add();
  counter.add(41);
  EXPECT_EQ(counter.value(), 42u);
}

TEST(Counter, a_reader_on_another_thread_never_sees_it_fall) {
  constexpr std::uint64_t kEnd = 200'000;
  Counter counter;
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < kEnd; ++i) counter.add();
  });
  std::uint64_t last = 0;
  bool fell = false;
  while (last < kEnd) {
    const std::uint64_t now = counter.value();
    fell = fell || now < last;
    last = now;
  }
  writer.join();
  EXPECT_FALSE(fell);
}

TEST(Gauge, rises_and_falls) {
  Gauge gauge;
  gauge.set(5);
  gauge.add(-7);
  EXPECT_EQ(gauge.value(), -2);
}

}  // namespace
}  // namespace wsf::stats
