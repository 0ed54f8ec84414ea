#include "wsclient/time_text.hpp"

#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

TEST(time_text, reads_what_the_wire_carries) {
  EXPECT_EQ(parse_rfc3339_ms("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_rfc3339_ms("2024-01-15T10:30:00.000Z"), 1705314600000);
  EXPECT_EQ(parse_rfc3339_ms("2024-01-15T10:30:00.25Z"), 1705314600250);
  EXPECT_EQ(parse_rfc3339_ms("2024-01-15T10:30:00.123456789Z"), 1705314600123);
  EXPECT_EQ(parse_rfc3339_ms("2024-01-15T12:30:00+02:00"), 1705314600000);
  EXPECT_EQ(parse_rfc3339_ms("2024-01-15T05:00:00-05:30"), 1705314600000);
}

TEST(time_text, refuses_what_is_no_time) {
  for (const char* text :
       {"", "now", "2024-01-15", "2024-13-15T10:30:00Z", "2024-02-30T10:30:00Z", "2024-01-15T24:30:00Z",
        "2024-01-15T10:60:00Z", "2024-01-15T10:30:00", "2024-01-15T10:30:00Zzz", "1705314600000"})
    EXPECT_EQ(parse_rfc3339_ms(text), std::nullopt) << text;
}

TEST(time_text, ages_keep_to_six_columns) {
  EXPECT_EQ(age_text(-5), "0.0 s");
  EXPECT_EQ(age_text(240), "0.2 s");
  EXPECT_EQ(age_text(59'999), "59.9 s");
  EXPECT_EQ(age_text(65'000), "1m05s");
  EXPECT_EQ(age_text(43'380'000), "12h03m");
  EXPECT_EQ(age_text(273'600'000), "3d04h");
}

TEST(time_text, elapsed_times_are_whole_seconds) {
  EXPECT_EQ(elapsed_text(12'900), "12s");
  EXPECT_EQ(elapsed_text(72'000), "1m12s");
}

TEST(time_text, latencies_have_the_digits_that_mean_something) {
  EXPECT_EQ(latency_text(7), "7 us");
  EXPECT_EQ(latency_text(420), "0.42 ms");
  EXPECT_EQ(latency_text(3'000), "3 ms");
  EXPECT_EQ(latency_text(3'400), "3.4 ms");
  EXPECT_EQ(latency_text(48'300), "48 ms");
  EXPECT_EQ(latency_text(1'240'000), "1.2 s");
}

TEST(time_text, latencies_against_the_wire_are_whole_milliseconds) {
  EXPECT_EQ(coarse_latency_text(420), "<1 ms");
  EXPECT_EQ(coarse_latency_text(3'900), "3 ms");
  EXPECT_EQ(coarse_latency_text(1'240'000), "1.2 s");
}

}  // namespace
}  // namespace wsf::wsclient
