#include "base/terminal.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace wsf::base {
namespace {

TEST(Terminal, a_pipe_is_no_terminal_and_gets_no_colour) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::setenv("TERM", "xterm", 1);
  EXPECT_FALSE(is_terminal(ends[1]));
  EXPECT_FALSE(colour(ends[1]));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Terminal, width_falls_back_to_COLUMNS_and_then_to_the_given_one) {
  ::setenv("COLUMNS", "132", 1);
  EXPECT_EQ(width(-1, 80), 132);
  ::setenv("COLUMNS", "wide", 1);
  EXPECT_EQ(width(-1, 80), 80);
  ::unsetenv("COLUMNS");
  EXPECT_EQ(width(-1, 80), 80);
}

}  // namespace
}  // namespace wsf::base
