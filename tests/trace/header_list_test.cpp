#include "trace/header_list.hpp"

#include <gtest/gtest.h>

namespace wsf::trace {
namespace {

TEST(HeaderList, names_and_values_are_told_apart_and_decoded) {
  const auto headers = parse_headers({"Authorization=Basic%20eDp5==", " x-key = a=b "});
  ASSERT_TRUE(headers);
  EXPECT_EQ(*headers, (std::vector<Header>{{"Authorization", "Basic eDp5=="}, {"x-key", "a=b"}}));
}

TEST(HeaderList, what_could_end_a_line_is_refused) {
  for (const char* bad :
       {"", "name", "=value", "a b=c", "a:b=c", "a=%0d%0aHost: x", "a=%4", "a=%zz", "a=%+1", "a=b\nc"})
    EXPECT_FALSE(parse_headers({bad})) << bad;
}

TEST(HeaderList, an_error_does_not_hold_the_value) {
  const auto headers = parse_headers({"a=b", "secret%"});
  ASSERT_FALSE(headers);
  EXPECT_EQ(headers.error().message, "item 2 is no NAME=VALUE of a header");
}

}  // namespace
}  // namespace wsf::trace
