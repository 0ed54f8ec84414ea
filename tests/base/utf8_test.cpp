#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wsf::base {
namespace {

using namespace std::string_literals;

struct Row {
  std::string name;
  std::string text;
  bool valid;
};

std::vector<Row> rows() {
  return {
      {"empty", "", true},
      {"ascii", "plain text, longer than one word of eight", true},
      {"nul", "\0"s, true},
      {"del", "\x7f", true},
      {"two_bytes_lowest", "\xC2\x80", true},
      {"two_bytes_highest", "\xDF\xBF", true},
      {"three_bytes_lowest", "\xE0\xA0\x80", true},
      {"below_the_surrogates", "\xED\x9F\xBF", true},
      {"above_the_surrogates", "\xEE\x80\x80", true},
      {"three_bytes_highest", "\xEF\xBF\xBF", true},
      {"four_bytes_lowest", "\xF0\x90\x80\x80", true},
      {"four_bytes_highest", "\xF4\x8F\xBF\xBF", true},
      {"mixed", "12345678\xC3\xA9 12345678\xE2\x82\xAC!\xF0\x9F\x92\xB6", true},
      {"lone_continuation", "\x80", false},
      {"continuation_after_eight_ascii", "12345678\xBF", false},
      {"overlong_two_C0", "\xC0\xAF", false},
      {"overlong_two_C1", "\xC1\xBF", false},
      {"overlong_three", "\xE0\x9F\xBF", false},
      {"overlong_four", "\xF0\x8F\xBF\xBF", false},
      {"lowest_surrogate", "\xED\xA0\x80", false},
      {"highest_surrogate", "\xED\xBF\xBF", false},
      {"above_10FFFF", "\xF4\x90\x80\x80", false},
      {"lead_F5", "\xF5\x80\x80\x80", false},
      {"lead_FF", "\xFF", false},
      {"two_bytes_cut", "a\xC3", false},
      {"three_bytes_cut", "a\xE2\x82", false},
      {"four_bytes_cut", "a\xF0\x9F\x92", false},
      {"ascii_in_the_midst", "\xE2\x82g", false},
      {"lead_in_the_midst", "\xE2\xE2\x82\xAC", false},
  };
}

TEST(Utf8, accepts_and_refuses_as_rfc_3629_says) {
  for (const Row& row : rows()) EXPECT_EQ(is_valid_utf8(row.text), row.valid) << row.name;
}

TEST(Utf8, gives_the_same_verdict_wherever_the_text_is_cut) {
  for (const Row& row : rows()) {
    for (std::size_t cut = 0; cut <= row.text.size(); ++cut) {
      Utf8Validator validator;
      const std::string_view text = row.text;
      const bool valid =
          validator.feed(text.substr(0, cut)) && validator.feed(text.substr(cut)) && validator.complete();
      EXPECT_EQ(valid, row.valid) << row.name << " cut at " << cut;
    }
  }
}

TEST(Utf8, refuses_a_bad_byte_before_the_sequence_is_complete) {
  Utf8Validator validator;
  EXPECT_TRUE(validator.feed("\xF4"));
  EXPECT_FALSE(validator.feed("\x90"));
}

TEST(Utf8, forgets_a_half_sequence_on_reset) {
  Utf8Validator validator;
  EXPECT_TRUE(validator.feed("\xE2\x82"));
  EXPECT_FALSE(validator.complete());
  validator.reset();
  EXPECT_TRUE(validator.feed("a"));
  EXPECT_TRUE(validator.complete());
}

// The definition, spelled out: encode every code point, and see that exactly these sequences pass.
TEST(Utf8, accepts_exactly_the_scalar_values_of_three_bytes) {
  for (unsigned lead = 0xE0; lead <= 0xEF; ++lead) {
    for (unsigned second = 0; second <= 0xFF; ++second) {
      for (const unsigned third : {0x7Fu, 0x80u, 0xBFu, 0xC0u}) {
        const std::string text{static_cast<char>(lead), static_cast<char>(second), static_cast<char>(third)};
        const unsigned code_point = (lead & 0xF) << 12 | (second & 0x3F) << 6 | (third & 0x3F);
        const bool shaped = (second & 0xC0) == 0x80 && (third & 0xC0) == 0x80;
        const bool scalar = code_point >= 0x800 && (code_point < 0xD800 || code_point > 0xDFFF);
        EXPECT_EQ(is_valid_utf8(text), shaped && scalar) << std::hex << lead << ' ' << second << ' ' << third;
      }
    }
  }
}

}  // namespace
}  // namespace wsf::base
