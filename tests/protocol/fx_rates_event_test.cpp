#include "protocol/fx_rates.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <set>

namespace wsf::protocol {
namespace {

constexpr std::size_t kMaxEvent = 64 * 1024;

// The pair, or the label of the cause.
std::string verdict(std::string_view event, std::size_t max_bytes = kMaxEvent) {
  const auto checked = check_event(event, max_bytes);
  if (const auto* cause = std::get_if<Poison>(&checked)) return std::string(name(*cause));
  return std::string(std::get<Pair>(checked).view());
}

std::string event_with(const std::string& fx_rate) {
  return R"({"eventId":"1","eventType":"FxRateUpdated","timestamp":"2024-01-15T10:30:00.000Z","fxRate":)" + fx_rate +
         "}";
}

std::string event_with_rate(const std::string& rate) {
  return event_with(R"({"currencyPair":"EURUSD","rate":)" + rate + R"(,"bid":1.0845,"ask":1.0855})");
}

const std::string kPrices = R"("rate":1.0850,"bid":1.0845,"ask":1.0855)";
const std::string kRate = R"({"currencyPair":"EURUSD",)" + kPrices + "}";
const std::string kGood = event_with(kRate);

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

std::string with_extra(const std::string& value) {
  return kGood.substr(0, kGood.size() - 1) + R"(,"extra":)" + value + "}";
}

struct Row {
  const char* behaviour;
  std::string event;
  std::string verdict;

  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.event.substr(0, 400); }
};

const std::vector<Row> kRows = {
    {"the_seeds_event_is_good",
     R"({
  "eventId": "550e8400-e29b-41d4-a716-446655440000",
  "eventType": "FxRateUpdated",
  "timestamp": "2024-01-15T10:30:00.000Z",
  "fxRate": {
    "currencyPair": "EURUSD",
    "rate": 1.0850,
    "bid": 1.0845,
    "ask": 1.0855,
    "timestamp": "2024-01-15T10:30:00.000Z",
    "source": "ExternalFXProvider",
    "confidenceScore": 0.95
  }
})",
     "EURUSD"},
    {"the_order_of_members_does_not_matter",
     R"({"fxRate":{"ask":1.2,"bid":1.1,"source":"x","rate":1.15,"currencyPair":"GBPUSD"},"eventType":"FxRateUpdated"})",
     "GBPUSD"},
    {"further_members_pass", with_extra(R"({"run":"r","seq":7,"due_ns":1705315800000000000,"a":[{}]})"), "EURUSD"},
    {"whole_numbers_are_numbers", event_with_rate("1"), "EURUSD"},
    {"numbers_beyond_64_bits_are_numbers", event_with_rate("123456789012345678901234567890"), "EURUSD"},
    {"exponents_are_numbers", event_with_rate("1.5E-2"), "EURUSD"},
    {"escapes_are_read", event_with(R"({"\u0063urrencyPair":"\u0045URUSD",)" + kPrices + "}"), "EURUSD"},
    {"characters_beyond_ascii_pass", with_extra("\"\u20ac \U0001F600\""), "EURUSD"},
    {"32_levels_pass", with_extra(nested(31)), "EURUSD"},
    {"brackets_in_strings_are_no_levels", with_extra('"' + std::string(100, '[') + '"'), "EURUSD"},
    {"blanks_around_the_object_pass", " \r\n\t" + kGood + "\n", "EURUSD"},

    {"an_unfinished_character_is_invalid_utf8", with_extra("\"\xE2\x82\""), "invalid_utf8"},
    {"a_stray_byte_is_invalid_utf8", kGood + "\xFF", "invalid_utf8"},
    {"an_overlong_form_is_invalid_utf8", with_extra("\"\xC0\xAF\""), "invalid_utf8"},
    {"a_surrogate_is_invalid_utf8", with_extra("\"\xED\xA0\x80\""), "invalid_utf8"},

    {"nothing_is_not_json", "", "not_json"},
    {"blanks_are_not_json", "  ", "not_json"},
    {"a_truncated_event_is_not_json", kGood.substr(0, kGood.size() - 1), "not_json"},
    {"an_event_cut_in_a_string_is_not_json", kGood.substr(0, 20), "not_json"},
    {"trailing_bytes_are_not_json", kGood + "x", "not_json"},
    {"two_objects_are_not_json", kGood + kGood, "not_json"},
    {"a_NUL_ends_nothing", kGood + '\0', "not_json"},
    {"bytes_behind_a_NUL_are_not_json", kGood + '\0' + "}", "not_json"},
    {"a_byte_order_mark_is_not_json", "\xEF\xBB\xBF" + kGood, "not_json"},
    {"a_raw_control_byte_in_a_string_is_not_json", with_extra("\"\x01\""), "not_json"},
    {"NaN_is_not_json", event_with_rate("NaN"), "not_json"},
    {"Infinity_is_not_json", event_with_rate("Infinity"), "not_json"},
    {"a_leading_zero_is_not_json", event_with_rate("01.5"), "not_json"},
    {"a_comma_too_many_is_not_json", event_with(R"({"currencyPair":"EURUSD",})"), "not_json"},
    {"single_quotes_are_not_json", "{'eventType':'FxRateUpdated'}", "not_json"},
    {"a_comment_is_not_json", kGood + "/**/", "not_json"},
    {"a_lone_surrogate_escape_is_not_json", with_extra(R"("\ud800")"), "not_json"},

    {"33_levels_are_too_deep", with_extra(nested(32)), "too_deep"},
    {"unclosed_levels_are_too_deep", std::string(33, '['), "too_deep"},

    {"an_array_is_not_an_object", "[" + kGood + "]", "not_object"},
    {"an_empty_array_is_not_an_object", "[]", "not_object"},
    {"null_is_not_an_object", "null", "not_object"},
    {"a_string_is_not_an_object", R"("FxRateUpdated")", "not_object"},
    {"a_number_is_not_an_object", "1.0850", "not_object"},

    {"an_empty_object_has_no_type", "{}", "wrong_type"},
    {"a_missing_type_is_a_wrong_type", R"({"fxRate":)" + kRate + "}", "wrong_type"},
    {"another_type_is_a_wrong_type", R"({"eventType":"FxRateDeleted","fxRate":)" + kRate + "}", "wrong_type"},
    {"a_type_in_other_letters_is_a_wrong_type", R"({"eventType":"fxrateupdated","fxRate":)" + kRate + "}",
     "wrong_type"},
    {"a_type_that_is_a_number_is_a_wrong_type", R"({"eventType":1,"fxRate":)" + kRate + "}", "wrong_type"},
    {"a_type_in_an_array_is_a_wrong_type", R"({"eventType":["FxRateUpdated"],"fxRate":)" + kRate + "}", "wrong_type"},
    {"a_type_further_down_does_not_count", R"({"x":{"eventType":"FxRateUpdated"},"fxRate":)" + kRate + "}",
     "wrong_type"},
    {"a_type_in_the_rate_does_not_count",
     R"({"fxRate":{"eventType":"FxRateUpdated","currencyPair":"EURUSD",)" + kPrices + "}}", "wrong_type"},

    {"a_missing_rate_object_is_a_missing_field", R"({"eventType":"FxRateUpdated"})", "missing_field"},
    {"a_rate_object_that_is_null_is_a_missing_field", event_with("null"), "missing_field"},
    {"a_rate_object_that_is_an_array_is_a_missing_field", event_with("[" + kRate + "]"), "missing_field"},
    {"a_rate_object_that_is_a_string_is_a_missing_field", event_with(R"("EURUSD")"), "missing_field"},
    {"a_rate_object_further_down_does_not_count", R"({"eventType":"FxRateUpdated","x":{"fxRate":)" + kRate + "}}",
     "missing_field"},
    {"fields_beside_the_rate_object_do_not_count",
     R"({"eventType":"FxRateUpdated","currencyPair":"EURUSD",)" + kPrices + R"(,"fxRate":{}})", "missing_field"},
    {"fields_inside_a_member_of_the_rate_do_not_count", event_with(R"({"fxRate":)" + kRate + "}"), "missing_field"},
    {"a_missing_pair_is_a_missing_field", event_with("{" + kPrices + "}"), "missing_field"},
    {"a_missing_rate_is_a_missing_field", event_with(R"({"currencyPair":"EURUSD","bid":1,"ask":1})"),
     "missing_field"},
    {"a_missing_bid_is_a_missing_field", event_with(R"({"currencyPair":"EURUSD","rate":1,"ask":1})"),
     "missing_field"},
    {"a_missing_ask_is_a_missing_field", event_with(R"({"currencyPair":"EURUSD","rate":1,"bid":1})"),
     "missing_field"},

    {"a_short_pair_is_invalid", event_with(R"({"currencyPair":"EURUS",)" + kPrices + "}"), "invalid_pair"},
    {"a_pair_in_small_letters_is_invalid", event_with(R"({"currencyPair":"eurusd",)" + kPrices + "}"),
     "invalid_pair"},
    {"a_pair_that_is_a_number_is_invalid", event_with(R"({"currencyPair":123456,)" + kPrices + "}"), "invalid_pair"},
    {"a_pair_that_is_null_is_invalid", event_with(R"({"currencyPair":null,)" + kPrices + "}"), "invalid_pair"},
    {"a_pair_in_an_array_is_invalid", event_with(R"({"currencyPair":["EURUSD"],)" + kPrices + "}"), "invalid_pair"},
    {"an_escaped_NUL_in_a_pair_is_invalid", event_with(R"({"currencyPair":"EURUS\u0000",)" + kPrices + "}"),
     "invalid_pair"},

    {"zero_is_a_bad_number", event_with_rate("0"), "bad_number"},
    {"zero_with_decimals_is_a_bad_number", event_with_rate("0.000"), "bad_number"},
    {"minus_zero_is_a_bad_number", event_with_rate("-0"), "bad_number"},
    {"minus_zero_with_decimals_is_a_bad_number", event_with_rate("-0.0"), "bad_number"},
    {"a_negative_whole_number_is_a_bad_number", event_with_rate("-1"), "bad_number"},
    {"a_negative_number_is_a_bad_number", event_with_rate("-1.0850"), "bad_number"},
    {"a_number_below_the_smallest_double_is_a_bad_number", event_with_rate("1e-999"), "bad_number"},
    {"a_number_above_the_largest_double_is_a_bad_number", event_with_rate("1e999"), "bad_number"},
    {"a_string_is_a_bad_number", event_with_rate(R"("1.0850")"), "bad_number"},
    {"null_is_a_bad_number", event_with_rate("null"), "bad_number"},
    {"true_is_a_bad_number", event_with_rate("true"), "bad_number"},
    {"an_array_is_a_bad_number", event_with_rate("[1.0850]"), "bad_number"},
    {"an_object_is_a_bad_number", event_with_rate(R"({"rate":1.0850})"), "bad_number"},
    {"a_bad_bid_is_a_bad_number", event_with(R"({"currencyPair":"EURUSD","rate":1,"bid":0,"ask":1})"), "bad_number"},
    {"a_bad_ask_is_a_bad_number", event_with(R"({"currencyPair":"EURUSD","rate":1,"bid":1,"ask":"1"})"),
     "bad_number"},

    {"the_last_type_counts_for_good", R"({"eventType":"x","eventType":"FxRateUpdated","fxRate":)" + kRate + "}",
     "EURUSD"},
    {"the_last_type_counts_for_bad", R"({"eventType":"FxRateUpdated","eventType":[],"fxRate":)" + kRate + "}",
     "wrong_type"},
    {"the_last_pair_counts", event_with(R"({"currencyPair":"x","currencyPair":"USDJPY",)" + kPrices + "}"), "USDJPY"},
    {"the_last_rate_counts", event_with(R"({"currencyPair":"EURUSD",)" + kPrices + R"(,"rate":null})"), "bad_number"},
    {"the_last_rate_object_counts_alone",
     R"({"eventType":"FxRateUpdated","fxRate":)" + kRate + R"(,"fxRate":{"rate":1}})", "missing_field"},
    {"the_last_rate_object_may_be_the_good_one",
     R"({"eventType":"FxRateUpdated","fxRate":{"currencyPair":5,"rate":0},"fxRate":)" + kRate + "}", "EURUSD"},
    {"a_rate_object_that_ends_as_a_scalar_is_missing",
     R"({"eventType":"FxRateUpdated","fxRate":)" + kRate + R"(,"fxRate":7})", "missing_field"},
};

class FxRatesEvent : public testing::TestWithParam<Row> {};

TEST_P(FxRatesEvent, is_judged) {
  EXPECT_EQ(verdict(GetParam().event), GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(Check, FxRatesEvent, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.behaviour); });

TEST(FxRatesEventSize, may_be_exactly_the_maximum) {
  EXPECT_EQ(verdict(kGood, kGood.size()), "EURUSD");
  EXPECT_EQ(verdict(kGood, kGood.size() - 1), "too_large");
}

TEST(FxRatesEventSize, is_judged_before_anything_else) {
  EXPECT_EQ(verdict("\xFF\xFF", 1), "too_large");
}

TEST(FxRatesEventDepth, a_hundred_thousand_levels_are_refused_without_a_crash) {
  EXPECT_EQ(verdict(with_extra(nested(100'000)), 1'000'000), "too_deep");
  EXPECT_EQ(verdict(std::string(100'000, '['), 1'000'000), "too_deep");
}

TEST(FxRatesPoison, every_cause_has_a_label_and_a_text_of_its_own) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < kPoisonCount; ++i) {
    seen.insert(name(static_cast<Poison>(i)));
    seen.insert(describe(static_cast<Poison>(i)));
  }
  EXPECT_EQ(seen.size(), 2 * kPoisonCount);
  EXPECT_EQ(name(Poison::bad_number), "bad_number");
  EXPECT_EQ(static_cast<std::size_t>(Poison::bad_number) + 1, kFxRatesPoisonCount);
  EXPECT_EQ(static_cast<std::size_t>(Poison::bad_quote) + 1, kPoisonCount);
}

}  // namespace
}  // namespace wsf::protocol
