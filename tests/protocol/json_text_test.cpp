#include "protocol/json_text.hpp"

#include <gtest/gtest.h>

namespace wsf::protocol {
namespace {

TEST(Utf8, a_cut_keeps_whole_characters) {
  EXPECT_EQ(cut_utf8("a\u20ac", 4), "a\u20ac");
  EXPECT_EQ(cut_utf8("a\u20ac", 3), "a");
  EXPECT_EQ(cut_utf8("a\u20ac", 1), "a");
  EXPECT_EQ(cut_utf8("\u20ac", 2), "");
  EXPECT_EQ(cut_utf8("abc", 0), "");
}

TEST(JsonQuote, escapes_what_JSON_asks_for_and_nothing_else) {
  std::string out = ">";
  append_quoted(out, "plain");
  append_quoted(out, "q\" b\\ n\n u\x01 d\x7F s/ \u20ac");
  EXPECT_EQ(out, ">\"plain\"\"q\\\" b\\\\ n\\n u\\u0001 d\x7F s/ \u20ac\"");
}

}  // namespace
}  // namespace wsf::protocol
