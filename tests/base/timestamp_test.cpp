#include "base/timestamp.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wsf::base {
namespace {

TEST(Timestamp, is_in_utc_with_milliseconds) {
  EXPECT_EQ(rfc3339(1'705'226'400'000), "2024-01-14T10:00:00.000Z");
  EXPECT_EQ(rfc3339(951'782'399'007), "2000-02-28T23:59:59.007Z");
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000Z");
}

TEST(Timestamp, is_brief_where_there_are_no_milliseconds) {
  EXPECT_EQ(rfc3339_brief(1'761'561'000'000), "2025-10-27T10:30:00Z");
  EXPECT_EQ(rfc3339_brief(1'761'561'000'050), "2025-10-27T10:30:00.050Z");
  EXPECT_EQ(rfc3339_brief(kMaxEpochMs), "9999-12-31T23:59:59.999Z");
}

TEST(Timestamp, is_read_with_any_offset) {
  constexpr std::int64_t kTenThirty = 1'761'561'000'000;
  for (const auto* text :
       {"2025-10-27T10:30:00Z", "2025-10-27t10:30:00z", "2025-10-27 10:30:00Z", "2025-10-27T10:30:00+00:00",
        "2025-10-27T16:00:00+05:30", "2025-10-27T01:00:00-09:30", "2025-10-26T10:31:00-23:59"}) {
    EXPECT_EQ(parse_rfc3339(text), kTenThirty) << text;
  }
}

TEST(Timestamp, is_read_with_any_number_of_decimals_which_are_cut_at_milliseconds) {
  constexpr std::int64_t kTenThirty = 1'761'561'000'000;
  EXPECT_EQ(parse_rfc3339("2025-10-27T10:30:00.5Z"), kTenThirty + 500);
  EXPECT_EQ(parse_rfc3339("2025-10-27T10:30:00.05+00:00"), kTenThirty + 50);
  EXPECT_EQ(parse_rfc3339("2025-10-27T10:30:00.123999999Z"), kTenThirty + 123);
  EXPECT_EQ(parse_rfc3339("2025-10-27T10:30:00." + std::string(5'000, '9') + "Z"), kTenThirty + 999);
}

TEST(Timestamp, is_read_back_as_it_was_written) {
  for (const std::int64_t ms : {std::int64_t{0}, std::int64_t{951'782'399'007}, kMaxEpochMs}) {
    EXPECT_EQ(parse_rfc3339(rfc3339(ms)), ms);
    EXPECT_EQ(parse_rfc3339(rfc3339_brief(ms)), ms);
  }
}

TEST(Timestamp, counts_a_leap_second_as_the_next_one) {
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST(Timestamp, is_none_when_it_is_not_all_there_or_there_is_more) {
  for (const auto* text :
       {"", "2025", "2025-10-27", "2025-10-27T10:30Z", "2025-10-27T10:30:00", "2025-10-27T10:30:00.Z",
        "2025-10-27T10:30:00Zx", "2025-10-27T10:30:00+00", "2025-10-27T10:30:00+0000", "2025-10-27T10:30:00+00:00Z",
        "25-10-27T10:30:00Z", "2025-1-27T10:30:00Z", "2025/10/27T10:30:00Z", "2025-10-27X10:30:00Z",
        "+025-10-27T10:30:00Z", "2025-10-27T-1:30:00Z", " 2025-10-27T10:30:00Z"}) {
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
  }
}

TEST(Timestamp, is_none_when_no_calendar_or_clock_has_it) {
  for (const auto* text : {"2025-00-27T10:30:00Z", "2025-13-27T10:30:00Z", "2025-10-00T10:30:00Z",
                           "2025-02-29T10:30:00Z", "2025-10-27T24:00:00Z", "2025-10-27T10:60:00Z",
                           "2025-10-27T10:30:61Z", "2025-10-27T10:30:00+24:00", "2025-10-27T10:30:00+00:60"}) {
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
  }
  EXPECT_TRUE(parse_rfc3339("2024-02-29T10:30:00Z"));
}

TEST(Timestamp, is_none_outside_of_what_can_be_written) {
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59.999Z"), std::nullopt);
  EXPECT_EQ(parse_rfc3339("0000-01-01T00:00:00Z"), std::nullopt);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00+00:01"), std::nullopt);
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59-00:01"), std::nullopt);
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:60Z"), std::nullopt);
}

}  // namespace
}  // namespace wsf::base
