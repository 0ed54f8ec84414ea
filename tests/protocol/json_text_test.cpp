#include "protocol/json_text.hpp"

#include <gtest/gtest.h>

namespace wsf::protocol {
namespace {

TEST(Utf8, every_length_is_valid_at_every_place_of_a_word) {
  for (const std::string character : {"x", "\u00e9", "\u20ac", "\U0001F600", "\u0080", "\uFFFF", "\U0010FFFF"}) {
    for (std::size_t before = 0; before < 17; ++before) {
      EXPECT_TRUE(valid_utf8(std::string(before, 'a') + character + "bb")) << character << before;
    }
  }
}

TEST(Utf8, each_ill_formed_sequence_is_refused_at_every_place_of_a_word) {
  for (const std::string bytes :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF"}) {
    for (std::size_t before = 0; before < 17; ++before) {
      EXPECT_FALSE(valid_utf8(std::string(before, 'a') + bytes)) << before;
      EXPECT_FALSE(valid_utf8(std::string(before, 'a') + bytes + "bbbbbbbb")) << before;
    }
  }
}

TEST(Utf8, nothing_is_valid) {
  EXPECT_TRUE(valid_utf8(""));
}

TEST(Utf8, a_cut_keeps_whole_characters) {
  EXPECT_EQ(cut_utf8("a\u20ac", 4), "a\u20ac");
  EXPECT_EQ(cut_utf8("a\u20ac", 3), "a");
  EXPECT_EQ(cut_utf8("a\u20ac", 1), "a");
  EXPECT_EQ(cut_utf8("\u20ac", 2), "");
  EXPECT_EQ(cut_utf8("abc", 0), "");
}

TEST(JsonScan, depth_is_that_of_brackets_outside_of_strings) {
  EXPECT_EQ(scan_json("[[]]", 2), Scan::parsable);
  EXPECT_EQ(scan_json("[[[]]]", 2), Scan::too_deep);
  EXPECT_EQ(scan_json(R"([["[","\"["],{"[":1}])", 2), Scan::parsable);
  EXPECT_EQ(scan_json("[][][][]", 1), Scan::parsable);
  EXPECT_EQ(scan_json("]]]][", 1), Scan::parsable);
}

TEST(JsonScan, control_bytes_other_than_blanks_are_impossible) {
  EXPECT_EQ(scan_json("\t\r\n ", 1), Scan::parsable);
  EXPECT_EQ(scan_json(std::string_view("{}\0", 3), 1), Scan::impossible);
  EXPECT_EQ(scan_json("{}\x1F", 1), Scan::impossible);
  EXPECT_EQ(scan_json("\"\\\x01\"", 1), Scan::impossible);
}

TEST(JsonQuote, escapes_what_JSON_asks_for_and_nothing_else) {
  std::string out = ">";
  append_quoted(out, "plain");
  append_quoted(out, "q\" b\\ n\n u\x01 d\x7F s/ \u20ac");
  EXPECT_EQ(out, ">\"plain\"\"q\\\" b\\\\ n\\n u\\u0001 d\x7F s/ \u20ac\"");
}

}  // namespace
}  // namespace wsf::protocol
