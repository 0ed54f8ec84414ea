// The conversation of fx-rates, row by row: what a client sends, and every message that comes back.

#include "protocol/fx_rates.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace wsf::protocol {
namespace {

constexpr std::int64_t kNow = 1705315800000;

// The answers of a session, in order, as Command promises them; the subscription table plays no part in their texts.
std::vector<std::string> answers(std::string_view text) {
  const Command command = parse_command(text);
  if (command.action == Action::invalid) return {command.error_reply};
  if (command.action == Action::ping) return {pong(kNow, command.id_json)};
  std::vector<std::string> replies;
  if (command.has_answer()) {
    replies.push_back(command.action == Action::subscribe ? subscribed(command.pairs, command.id_json)
                                                          : unsubscribed(command.pairs, command.id_json));
  }
  if (!command.refused.empty()) replies.push_back(invalid_pairs_error(command.refused, command.id_json));
  return replies;
}

struct Row {
  const char* behaviour;
  std::string sent;
  std::vector<std::string> answered;

  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.sent; }
};

const std::string kInvalidJson = R"({"type":"error","message":"Invalid message format","code":"invalid_json"})";
const std::string kInvalidFormat =
    R"({"type":"error","message":"Invalid currencyPairs format","code":"invalid_format"})";
const std::string kThirtyTwo(32, 'x');

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

std::string unknown(const std::string& shown) {
  return R"({"type":"error","message":"Unknown action: )" + shown + R"(","code":"unknown_action"})";
}

const std::vector<Row> kRows = {
    // clang-format off
    {"subscribe_is_confirmed_in_the_order_of_the_request",
     R"({"action":"subscribe","currencyPairs":["EURUSD","GBPUSD"]})",
     {R"({"type":"subscribed","currencyPairs":["EURUSD","GBPUSD"],"message":"Successfully subscribed to 2 currency pairs"})"}},
    {"one_pair_is_still_called_pairs",
     R"({"action":"subscribe","currencyPairs":["USDJPY"]})",
     {R"({"type":"subscribed","currencyPairs":["USDJPY"],"message":"Successfully subscribed to 1 currency pairs"})"}},
    {"a_pair_named_twice_is_confirmed_once",
     R"({"action":"subscribe","currencyPairs":["GBPUSD","EURUSD","GBPUSD"]})",
     {R"({"type":"subscribed","currencyPairs":["GBPUSD","EURUSD"],"message":"Successfully subscribed to 2 currency pairs"})"}},
    {"invalid_items_are_told_after_the_valid_ones_are_confirmed",
     R"({"action":"subscribe","currencyPairs":["EURUS","EURUSD"]})",
     {R"({"type":"subscribed","currencyPairs":["EURUSD"],"message":"Successfully subscribed to 1 currency pairs"})",
      R"({"type":"error","message":"Invalid currency pair: EURUS","code":"invalid_pair","currencyPairs":["EURUS"]})"}},
    {"several_invalid_items_are_joined",
     R"({"action":"subscribe","currencyPairs":["EURUS","eurusd"]})",
     {R"({"type":"error","message":"Invalid currency pair: EURUS, eurusd","code":"invalid_pair","currencyPairs":["EURUS","eurusd"]})"}},
    {"an_empty_item_is_invalid",
     R"({"action":"subscribe","currencyPairs":[""]})",
     {R"({"type":"error","message":"Invalid currency pair: ","code":"invalid_pair","currencyPairs":[""]})"}},
    {"a_long_invalid_item_is_cut_at_32_bytes",
     R"({"action":"subscribe","currencyPairs":[")" + kThirtyTwo + R"(y"]})",
     {R"({"type":"error","message":"Invalid currency pair: )" + kThirtyTwo + R"(","code":"invalid_pair","currencyPairs":[")" + kThirtyTwo + R"("]})"}},
    {"no_character_is_split_by_the_cut",
     R"({"action":"subscribe","currencyPairs":["x€€€€€€€€€€€"]})",
     {R"({"type":"error","message":"Invalid currency pair: x€€€€€€€€€€","code":"invalid_pair","currencyPairs":["x€€€€€€€€€€"]})"}},
    {"what_an_error_repeats_is_escaped",
     R"({"action":"subscribe","currencyPairs":["a\"\\\n\u0000"]})",
     {R"({"type":"error","message":"Invalid currency pair: a\"\\\n\u0000","code":"invalid_pair","currencyPairs":["a\"\\\n\u0000"]})"}},
    {"an_empty_list_is_confirmed_as_such",
     R"({"action":"subscribe","currencyPairs":[]})",
     {R"({"type":"subscribed","currencyPairs":[],"message":"Successfully subscribed to 0 currency pairs"})"}},
    {"subscribe_without_pairs_has_an_invalid_format", R"({"action":"subscribe"})", {kInvalidFormat}},
    {"subscribe_with_one_string_has_an_invalid_format",
     R"({"action":"subscribe","currencyPairs":"EURUSD"})", {kInvalidFormat}},
    {"subscribe_with_null_has_an_invalid_format", R"({"action":"subscribe","currencyPairs":null})", {kInvalidFormat}},
    {"subscribe_with_an_object_has_an_invalid_format", R"({"action":"subscribe","currencyPairs":{}})", {kInvalidFormat}},
    {"one_item_that_is_no_string_spoils_the_request",
     R"({"action":"subscribe","currencyPairs":["EURUSD",7]})", {kInvalidFormat}},
    {"unsubscribe_is_confirmed",
     R"({"action":"unsubscribe","currencyPairs":["GBPUSD"]})",
     {R"({"type":"unsubscribed","currencyPairs":["GBPUSD"]})"}},
    {"unsubscribe_of_nothing_is_confirmed",
     R"({"action":"unsubscribe","currencyPairs":[]})", {R"({"type":"unsubscribed","currencyPairs":[]})"}},
    {"unsubscribe_tells_invalid_items_too",
     R"({"action":"unsubscribe","currencyPairs":["GBPUSD","gbp"]})",
     {R"({"type":"unsubscribed","currencyPairs":["GBPUSD"]})",
      R"({"type":"error","message":"Invalid currency pair: gbp","code":"invalid_pair","currencyPairs":["gbp"]})"}},
    {"unsubscribe_without_pairs_has_an_invalid_format", R"({"action":"unsubscribe"})", {kInvalidFormat}},
    {"unsubscribe_with_a_number_has_an_invalid_format",
     R"({"action":"unsubscribe","currencyPairs":[1]})", {kInvalidFormat}},
    {"ping_is_answered_with_the_time_as_a_string",
     R"({"action":"ping"})", {R"({"type":"pong","timestamp":"1705315800000"})"}},
    {"members_that_nobody_knows_are_ignored",
     R"({"x":[{}],"action":"ping","currencyPairs":5})", {R"({"type":"pong","timestamp":"1705315800000"})"}},
    {"the_last_of_two_actions_counts",
     R"({"action":"subscribe","action":"ping"})", {R"({"type":"pong","timestamp":"1705315800000"})"}},
    {"an_unknown_action_is_named", R"({"action":"x"})", {unknown("x")}},
    {"actions_are_case_sensitive", R"({"action":"PING"})", {unknown("PING")}},
    {"a_missing_action_is_called_missing", R"({})", {unknown("(missing)")}},
    {"an_action_that_is_null_is_named", R"({"action":null})", {unknown("null")}},
    {"an_action_that_is_a_number_is_named", R"({"action":42})", {unknown("42")}},
    {"an_action_that_is_an_object_is_shown_as_JSON", R"({"action":{"a":1}})", {unknown(R"({\"a\":1})")}},
    {"a_long_action_is_cut_at_32_bytes", R"({"action":")" + kThirtyTwo + R"(y"})", {unknown(kThirtyTwo)}},
    {"an_unknown_action_is_escaped", R"({"action":"\"\u0007<é"})", {unknown(R"(\"\u0007<é)")}},
    {"an_empty_message_is_invalid", "", {kInvalidJson}},
    {"blanks_alone_are_invalid", " \n", {kInvalidJson}},
    {"words_are_invalid", "hello", {kInvalidJson}},
    {"an_unfinished_object_is_invalid", R"({"action":"ping")", {kInvalidJson}},
    {"trailing_bytes_are_invalid", R"({"action":"ping"}x)", {kInvalidJson}},
    {"a_NUL_does_not_end_the_message", std::string(R"({"action":"ping"})") + '\0' + "x", {kInvalidJson}},
    {"a_byte_order_mark_is_invalid", "\xEF\xBB\xBF{\"action\":\"ping\"}", {kInvalidJson}},
    {"a_comment_is_invalid", R"({"action":"ping"}//)", {kInvalidJson}},
    {"an_array_is_invalid", R"([{"action":"ping"}])", {kInvalidJson}},
    {"a_string_is_invalid", R"("ping")", {kInvalidJson}},
    {"null_is_invalid", "null", {kInvalidJson}},
    {"invalid_UTF8_is_invalid", "{\"action\":\"\xC3\"}", {kInvalidJson}},
    {"32_levels_are_taken", R"({"action":"ping","x":)" + nested(31) + "}",
     {R"({"type":"pong","timestamp":"1705315800000"})"}},
    {"33_levels_are_invalid", R"({"action":"ping","x":)" + nested(32) + "}", {kInvalidJson}},
    {"100000_levels_are_invalid", nested(100'000), {kInvalidJson}},
    {"100000_unclosed_levels_are_invalid", std::string(100'000, '['), {kInvalidJson}},
    {"brackets_in_strings_are_no_levels", R"({"action":"ping","x":"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["})",
     {R"({"type":"pong","timestamp":"1705315800000"})"}},
    {"a_string_id_comes_back_in_the_answer",
     R"({"id":"a\"1","action":"subscribe","currencyPairs":["EURUSD"]})",
     {R"({"type":"subscribed","currencyPairs":["EURUSD"],"message":"Successfully subscribed to 1 currency pairs","id":"a\"1"})"}},
    {"a_number_id_comes_back_in_the_answer",
     R"({"id":-7,"action":"unsubscribe","currencyPairs":["EURUSD"]})",
     {R"({"type":"unsubscribed","currencyPairs":["EURUSD"],"id":-7})"}},
    {"an_id_comes_back_in_a_pong",
     R"({"id":1.5,"action":"ping"})", {R"({"type":"pong","timestamp":"1705315800000","id":1.5})"}},
    {"an_id_comes_back_in_each_message_of_an_answer",
     R"({"id":1,"action":"unsubscribe","currencyPairs":["EURUSD","x"]})",
     {R"({"type":"unsubscribed","currencyPairs":["EURUSD"],"id":1})",
      R"({"type":"error","message":"Invalid currency pair: x","code":"invalid_pair","currencyPairs":["x"],"id":1})"}},
    {"an_id_comes_back_in_an_invalid_format",
     R"({"id":1,"action":"subscribe"})",
     {R"({"type":"error","message":"Invalid currencyPairs format","code":"invalid_format","id":1})"}},
    {"an_id_comes_back_with_an_unknown_action",
     R"({"id":1,"action":"x"})", {R"({"type":"error","message":"Unknown action: x","code":"unknown_action","id":1})"}},
    {"an_id_of_64_bytes_comes_back",
     R"({"action":"ping","id":")" + std::string(64, 'i') + R"("})",
     {R"({"type":"pong","timestamp":"1705315800000","id":")" + std::string(64, 'i') + R"("})"}},
    {"an_id_of_65_bytes_is_ignored",
     R"({"action":"ping","id":")" + std::string(65, 'i') + R"("})", {R"({"type":"pong","timestamp":"1705315800000"})"}},
    {"an_id_that_is_an_array_is_ignored",
     R"({"action":"ping","id":[1]})", {R"({"type":"pong","timestamp":"1705315800000"})"}},
    {"an_id_that_is_null_is_ignored",
     R"({"action":"ping","id":null})", {R"({"type":"pong","timestamp":"1705315800000"})"}},
    // clang-format on
};

class FxRatesRow : public testing::TestWithParam<Row> {};

TEST_P(FxRatesRow, is_answered) {
  EXPECT_EQ(answers(GetParam().sent), GetParam().answered);
}

INSTANTIATE_TEST_SUITE_P(Protocol, FxRatesRow, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.behaviour); });

}  // namespace
}  // namespace wsf::protocol
