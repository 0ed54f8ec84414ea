#include "trace/traceparent.hpp"

#include <gtest/gtest.h>

namespace wsf::trace {
namespace {

constexpr std::string_view kGood = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string with(std::size_t at, std::string_view text) {
  return std::string(kGood).replace(at, text.size(), text);
}

TEST(Traceparent, what_is_read_is_written_again) {
  const auto context = parse_traceparent(kGood);
  ASSERT_TRUE(context);
  EXPECT_EQ(hex(context->trace), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(hex(context->span), "00f067aa0ba902b7");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(to_text(*context), kGood);
}

TEST(Traceparent, only_the_lowest_flag_counts) {
  EXPECT_FALSE(parse_traceparent(with(53, "00"))->sampled);
  EXPECT_FALSE(parse_traceparent(with(53, "fe"))->sampled);
  EXPECT_TRUE(parse_traceparent(with(53, "09"))->sampled);
}

TEST(Traceparent, ids_of_zeros_are_none) {
  EXPECT_FALSE(parse_traceparent(with(3, std::string(32, '0'))));
  EXPECT_FALSE(parse_traceparent(with(36, std::string(16, '0'))));
}

TEST(Traceparent, digits_are_lower_case_and_dashes_stand_where_they_must) {
  for (const std::string& bad : {with(0, "0g"), with(3, "4B"), with(36, "0F"), with(53, "0A"), with(2, "_"),
                                 with(35, "0"), with(52, "0"), std::string(" ") + std::string(kGood)}) {
    EXPECT_FALSE(parse_traceparent(bad)) << bad;
  }
}

TEST(Traceparent, nothing_shorter_is_read) {
  for (std::size_t size = 0; size < kGood.size(); ++size) EXPECT_FALSE(parse_traceparent(kGood.substr(0, size)));
}

TEST(Traceparent, only_a_higher_version_may_be_longer_and_ff_is_none) {
  EXPECT_FALSE(parse_traceparent(std::string(kGood) + "-more"));
  EXPECT_FALSE(parse_traceparent(with(0, "ff")));
  EXPECT_TRUE(parse_traceparent(with(0, "01")));
  EXPECT_TRUE(parse_traceparent(with(0, "cc") + "-what-the-future-will-be-like"));
  EXPECT_FALSE(parse_traceparent(with(0, "cc") + "."));
}

}  // namespace
}  // namespace wsf::trace
