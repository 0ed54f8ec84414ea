#include "protocol/fx_rates.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace wsf::protocol {
namespace {

constexpr std::string_view kEvent = R"({ "fxRate":{"rate":1.0850} , "load":{"seq":7}})";

std::string update(bool snapshot, const Meta* meta) {
  std::string out;
  append_rate_update(out, kEvent, snapshot, meta);
  return out;
}

TEST(FxRatesUpdate, passes_the_bytes_of_the_event_as_they_came) {
  EXPECT_EQ(update(false, nullptr), R"({"type":"rateUpdate","event":)" + std::string(kEvent) + "}");
}

TEST(FxRatesUpdate, says_so_when_it_is_a_snapshot) {
  EXPECT_EQ(update(true, nullptr), R"({"type":"rateUpdate","event":)" + std::string(kEvent) + R"(,"snapshot":true})");
}

TEST(FxRatesUpdate, carries_the_position_of_the_event_and_of_the_one_before) {
  const Meta meta{{3, 1235}, base::Position{3, 1234}, 1705315800000, 1705315800003, 2};
  EXPECT_EQ(update(false, &meta), R"({"type":"rateUpdate","event":)" + std::string(kEvent) +
                                      R"(,"meta":{"offset":"3-1235","prev":"3-1234","kafka":1705315800000,)"
                                      R"("sent":1705315800003,"conflated":2}})");
}

TEST(FxRatesUpdate, has_no_previous_position_at_first) {
  const Meta meta{{0, 0}, std::nullopt, 1, 2, 0};
  EXPECT_EQ(update(true, &meta), R"({"type":"rateUpdate","event":)" + std::string(kEvent) +
                                     R"(,"snapshot":true,"meta":{"offset":"0-0","prev":null,"kafka":1,"sent":2,)"
                                     R"("conflated":0}})");
}

TEST(FxRatesUpdate, holds_the_largest_and_smallest_numbers) {
  constexpr auto kMin32 = std::numeric_limits<std::int32_t>::min();
  constexpr auto kMin64 = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax64 = std::numeric_limits<std::int64_t>::max();
  const Meta meta{{kMin32, kMin64}, base::Position{0, kMax64}, kMin64, kMax64, 4294967295};
  const std::string text = update(true, &meta);
  EXPECT_TRUE(text.ends_with(R"(,"meta":{"offset":"-2147483648--9223372036854775808","prev":"0-9223372036854775807",)"
                             R"("kafka":-9223372036854775808,"sent":9223372036854775807,"conflated":4294967295}})"))
      << text;
  EXPECT_LE(text.size(), kEvent.size() + kMaxEnvelopeBytes);
}

TEST(FxRatesUpdate, is_appended_to_what_is_there) {
  std::string out = "before";
  append_rate_update(out, "{}", false, nullptr);
  EXPECT_EQ(out, R"(before{"type":"rateUpdate","event":{}})");
}

TEST(Positions, read_back_what_they_say) {
  for (const base::Position& position :
       {base::Position(0, 0), base::Position(31, 1'234'567'890'123), base::Position(3, 9, 12)}) {
    EXPECT_EQ(parse_position(to_text(position)), position);
  }
  EXPECT_EQ(to_text({3, 1234}), "3-1234");
  EXPECT_EQ(to_text({3, 1234, 2}), "2.3-1234");
}

}  // namespace
}  // namespace wsf::protocol
