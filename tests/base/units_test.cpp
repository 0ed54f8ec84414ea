#include "base/units.hpp"

#include <gtest/gtest.h>

namespace wsf::base {
namespace {

using namespace std::chrono_literals;

TEST(Units, durations_are_read_in_each_unit) {
  EXPECT_EQ(*parse_duration("30s"), 30s);
  EXPECT_EQ(*parse_duration("250ms"), 250ms);
  EXPECT_EQ(*parse_duration("10us"), 10us);
  EXPECT_EQ(*parse_duration("7ns"), 7ns);
  EXPECT_EQ(*parse_duration("10m"), 10min);
  EXPECT_EQ(*parse_duration("1h"), 1h);
  EXPECT_EQ(*parse_duration("1d"), 24h);
  EXPECT_EQ(*parse_duration("0.5s"), 500ms);
  EXPECT_EQ(*parse_duration("1h30m"), 90min);
}

TEST(Units, a_bare_number_is_seconds) {
  EXPECT_EQ(*parse_duration("5"), 5s);
  EXPECT_EQ(*parse_duration("0"), 0s);
}

TEST(Units, what_is_no_duration_is_refused_with_the_right_forms) {
  for (const char* text : {"", "s", "abc", "-1s", "1x", "1 s", "1s2h", "1h5", "1.2.3s", "nan", "inf", "1e3s", "0x10"})
    EXPECT_FALSE(parse_duration(text)) << text;
  EXPECT_EQ(parse_duration("abc").error().message, "\"abc\" is not a duration (try 30s, 250ms, 5m)");
}

TEST(Units, a_duration_that_does_not_fit_is_refused) {
  EXPECT_FALSE(parse_duration("999999999999h"));
}

TEST(Units, sizes_are_read_in_powers_of_1024_and_of_1000) {
  EXPECT_EQ(*parse_size("65536"), 65536u);
  EXPECT_EQ(*parse_size("64KiB"), 65536u);
  EXPECT_EQ(*parse_size("64K"), 65536u);
  EXPECT_EQ(*parse_size("8MiB"), 8u << 20);
  EXPECT_EQ(*parse_size("1GiB"), 1u << 30);
  EXPECT_EQ(*parse_size("2kB"), 2000u);
  EXPECT_EQ(*parse_size("12B"), 12u);
  EXPECT_EQ(*parse_size("1.5KiB"), 1536u);
}

TEST(Units, what_is_no_size_is_refused) {
  for (const char* text : {"", "-1", "64 KiB", "64XB", "KiB", "9999999999999999999", "1e30GiB"})
    EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Units, rates_are_per_second) {
  EXPECT_DOUBLE_EQ(*parse_rate("100/s"), 100);
  EXPECT_DOUBLE_EQ(*parse_rate("6/m"), 0.1);
  EXPECT_DOUBLE_EQ(*parse_rate("6/min"), 0.1);
  EXPECT_DOUBLE_EQ(*parse_rate("36/h"), 0.01);
  EXPECT_DOUBLE_EQ(*parse_rate("100"), 100);
  for (const char* text : {"", "/s", "100/x", "-1/s", "nan"}) EXPECT_FALSE(parse_rate(text)) << text;
}

TEST(Units, counts_and_numbers_take_all_of_the_text) {
  EXPECT_EQ(*parse_count("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"", "18446744073709551616", "-1", "+1", "1 ", "1.0", "0x1"})
    EXPECT_FALSE(parse_count(text)) << text;
  EXPECT_DOUBLE_EQ(*parse_number("-1.5e3"), -1500);
  for (const char* text : {"", "1x", "nan", "inf"}) EXPECT_FALSE(parse_number(text)) << text;
}

TEST(Units, what_is_shown_can_be_read_back) {
  for (const auto value : {0ns, 1ns, 1500ns, 250000000ns, 30000000000ns, 5400000000000ns, 3600000000000ns}) {
    EXPECT_EQ(*parse_duration(format_duration(value)), value) << format_duration(value);
  }
  for (const std::uint64_t bytes : {0ull, 1ull, 1000ull, 1024ull, 65536ull, 1ull << 40, (1ull << 40) + 1}) {
    EXPECT_EQ(*parse_size(format_size(bytes)), bytes) << format_size(bytes);
  }
  for (const double rate : {0.1, 100.0, 1.0 / 3, 1e-5, 1e22, 1e-300, 1.7e308, 0.0})
    EXPECT_EQ(*parse_rate(format_rate(rate)), rate);
}

TEST(Units, values_are_shown_in_their_largest_fitting_unit) {
  EXPECT_EQ(format_duration(30s), "30s");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(2h), "2h");
  EXPECT_EQ(format_duration(-90s), "-90s");
  EXPECT_EQ(format_size(65536), "64KiB");
  EXPECT_EQ(format_size(512), "512");
  EXPECT_EQ(format_rate(100), "100/s");
}

TEST(Units, counts_are_grouped_by_thousands) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(1200000), "1,200,000");
  EXPECT_EQ(format_count(UINT64_MAX), "18,446,744,073,709,551,615");
}

}  // namespace
}  // namespace wsf::base
