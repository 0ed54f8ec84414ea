#include "base/setting_value.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace wsf::base {
namespace {

template <class T>
std::string complaint(const std::string& text, const Allowed& allowed = {}) {
  T variable{};
  const auto done = assign(SettingTarget(&variable), {text}, allowed);
  return done ? "" : done.error().message;
}

TEST(SettingValue, each_type_takes_its_own_form) {
  EXPECT_EQ(complaint<std::uint16_t>("65535"), "");
  EXPECT_EQ(complaint<std::uint16_t>("65536"), "\"65536\" is not a whole number from 0 to 65535");
  EXPECT_EQ(complaint<int>("-5"), "");
  EXPECT_NE(complaint<unsigned>("-5"), "");
  EXPECT_EQ(complaint<std::uint64_t>("x"), "\"x\" is not a whole number, 0 or more");
  EXPECT_EQ(complaint<double>("1e3"), "");
  EXPECT_EQ(complaint<double>("abc"), "\"abc\" is not a number");
  EXPECT_EQ(complaint<bool>("maybe"), "\"maybe\" is neither true nor false");
  EXPECT_EQ(complaint<Duration>("abc"), "\"abc\" is not a duration (try 30s, 250ms, 5m)");
  EXPECT_EQ(complaint<std::optional<Size>>("x"), "\"x\" is not a size (try 65536, 64KiB, 8MiB)");
}

TEST(SettingValue, a_switch_takes_the_usual_words) {
  bool on = false;
  for (const char* text : {"true", "1", "yes", "on"}) EXPECT_TRUE(assign(&on, {text}, {}) && on) << text;
  for (const char* text : {"false", "0", "no", "off"}) EXPECT_TRUE(assign(&on, {text}, {}) && !on) << text;
}

TEST(SettingValue, a_range_is_told_in_the_words_of_the_type) {
  EXPECT_EQ(complaint<Duration>("2h", {{{0.5, 3600}}, {}}), "\"2h\" is out of range (500ms to 1h)");
  EXPECT_EQ(complaint<Size>("2KiB", {{{0, 1024}}, {}}), "\"2KiB\" is out of range (0 to 1KiB)");
  EXPECT_EQ(complaint<std::uint64_t>("0", {{{1, 1e15}}, {}}), "\"0\" is out of range (1 to 1000000000000000)");
  EXPECT_EQ(complaint<int>("0", {{{1, std::numeric_limits<double>::infinity()}}, {}}),
            "\"0\" is too small (at least 1)");
}

TEST(SettingValue, a_choice_names_what_there_is_and_the_nearest) {
  EXPECT_EQ(complaint<std::string>("jsn", {{}, {"text", "json"}}),
            "\"jsn\" is none of text, json (did you mean json?)");
}

TEST(SettingValue, after_an_error_the_variable_is_as_before) {
  int value = 7;
  EXPECT_FALSE(assign(&value, {"9"}, {{{0, 8}}, {}}));
  EXPECT_EQ(value, 7);
}

TEST(SettingValue, a_list_is_split_at_commas_unless_raw) {
  std::vector<std::string> items;
  ASSERT_TRUE(assign(&items, {"a, b", "c,"}, {}));
  EXPECT_EQ(items, (std::vector<std::string>{"a", "b", "c"}));
  ASSERT_TRUE(assign(&items, {"a,b", "c"}, {{}, {}, false}));
  EXPECT_EQ(items, (std::vector<std::string>{"a,b", "c"}));
  ASSERT_TRUE(assign(&items, {"a,b\nc\n"}, {{}, {}, false}));
  EXPECT_EQ(items, (std::vector<std::string>{"a,b", "c"}));
}

TEST(SettingValue, an_unset_optional_shows_nothing) {
  std::optional<std::uint64_t> count;
  EXPECT_EQ(shown(&count), std::nullopt);
  count = 3;
  EXPECT_EQ(shown(&count), "3");
}

}  // namespace
}  // namespace wsf::base
