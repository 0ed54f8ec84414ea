// The conversation of quotes, row by row: what a client sends, and every message that comes back.

#include "protocol/quotes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace wsf::protocol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = QuotesCommand::Kind;

constexpr std::int64_t kNow = 1'761'561'000'050;

// The answers of a session, in order, as QuotesCommand promises them.
std::vector<std::string> answers(std::string_view text) {
  const QuotesCommand command = parse_quotes_command(text);
  if (command.kind == Kind::invalid) return {command.error_reply};
  if (command.kind == Kind::ping) return {quotes_pong(kNow, command.id_json)};
  std::vector<std::string> replies;
  if (command.has_answer()) {
    replies.push_back(command.kind == Kind::subscribe ? quotes_subscribed(command.symbols, command.id_json)
                                                      : quotes_unsubscribed(command.symbols, command.id_json));
  }
  if (!command.refused.empty()) replies.push_back(invalid_symbols_error(command.refused, command.id_json));
  return replies;
}

struct Row {
  const char* behaviour;
  std::string sent;
  std::vector<std::string> answered;

  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.sent; }
};

const std::string kInvalidJson = R"({"type":"error","message":"Invalid message format","code":"invalid_json"})";
const std::string kInvalidFormat = R"({"type":"error","message":"Invalid symbols format","code":"invalid_format"})";

std::string unknown(const std::string& shown) {
  return R"({"type":"error","message":"Unknown type: )" + shown + R"(","code":"unknown_type"})";
}

const std::vector<Row> kRows = {
    // clang-format off
    {"subscribe_is_confirmed_in_the_order_of_the_request",
     R"({"type":"subscribe","symbols":["MSFT","AAPL","BRK.B"]})",
     {R"({"type":"subscribed","symbols":["MSFT","AAPL","BRK.B"]})"}},
    {"unsubscribe_is_confirmed",
     R"({"type":"unsubscribe","symbols":["AAPL"]})",
     {R"({"type":"unsubscribed","symbols":["AAPL"]})"}},
    {"a_symbol_named_twice_is_confirmed_once",
     R"({"type":"subscribe","symbols":["AAPL","MSFT","AAPL"]})",
     {R"({"type":"subscribed","symbols":["AAPL","MSFT"]})"}},
    {"no_symbols_are_confirmed",
     R"({"type":"subscribe","symbols":[]})",
     {R"({"type":"subscribed","symbols":[]})"}},
    {"invalid_items_are_told_after_the_valid_ones_are_confirmed",
     R"({"type":"subscribe","symbols":["aapl","MSFT","A B"],"id":7})",
     {R"({"type":"subscribed","symbols":["MSFT"],"id":7})",
      R"({"type":"error","message":"Invalid symbol: aapl, A B","code":"invalid_symbol","symbols":["aapl","A B"],"id":7})"}},
    {"invalid_items_alone_get_the_error_alone",
     R"({"type":"unsubscribe","symbols":["",")" + std::string(40, 'X') + R"("]})",
     {R"({"type":"error","message":"Invalid symbol: , )" + std::string(32, 'X') +
      R"(","code":"invalid_symbol","symbols":["",")" + std::string(32, 'X') + R"("]})"}},
    {"missing_symbols_are_told", R"({"type":"subscribe"})", {kInvalidFormat}},
    {"symbols_that_are_no_list_are_told", R"({"type":"subscribe","symbols":"AAPL"})", {kInvalidFormat}},
    {"an_item_that_is_no_text_is_told", R"({"type":"unsubscribe","symbols":["AAPL",7]})", {kInvalidFormat}},
    {"a_missing_type_is_told", R"({"symbols":["AAPL"]})", {unknown("(missing)")}},
    {"another_type_is_told", R"({"type":"Subscribe","symbols":["AAPL"]})", {unknown("Subscribe")}},
    {"a_type_that_is_no_text_is_told", R"({"type":{"a":1}})", {unknown(R"({\"a\":1})")}},
    {"a_long_type_is_cut", R"({"type":")" + std::string(40, 'x') + "\"}", {unknown(std::string(32, 'x'))}},
    {"what_is_no_json_is_told", "subscribe AAPL", {kInvalidJson}},
    {"what_is_no_object_is_told", R"(["subscribe"])", {kInvalidJson}},
    {"what_is_too_deep_is_told", std::string(40, '[') + std::string(40, ']'), {kInvalidJson}},
    {"a_ping_is_answered", R"({"type":"ping","id":"a"})",
     {R"({"type":"pong","timestamp":"2025-10-27T10:30:00.050Z","id":"a"})"}},
    // clang-format on
};

class QuotesRow : public testing::TestWithParam<Row> {};

TEST_P(QuotesRow, is_answered) {
  EXPECT_EQ(answers(GetParam().sent), GetParam().answered);
}

INSTANTIATE_TEST_SUITE_P(Quotes, QuotesRow, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.behaviour; });

TEST(QuotesCommand, asks_for_a_snapshot_by_true_alone) {
  EXPECT_TRUE(parse_quotes_command(R"({"type":"subscribe","symbols":["A"],"snapshot":true})").snapshot);
  EXPECT_FALSE(parse_quotes_command(R"({"type":"subscribe","symbols":["A"],"snapshot":1})").snapshot);
  EXPECT_FALSE(parse_quotes_command(R"({"type":"unsubscribe","symbols":["A"],"snapshot":true})").snapshot);
}

TEST(QuotesCommand, brings_a_new_token_by_type_or_as_in_the_other_protocols) {
  for (const auto* text :
       {R"({"type":"auth","token":"a.b.c","id":"x"})", R"({"action":"auth","token":"a.b.c","id":"x"})"}) {
    const QuotesCommand command = parse_quotes_command(text);
    EXPECT_EQ(command.kind, Kind::auth);
    EXPECT_EQ(command.token, "a.b.c");
    EXPECT_EQ(command.id_json, "\"x\"");
  }
  EXPECT_EQ(parse_quotes_command(R"({"type":"auth","token":7})").token, "");
}

TEST(Quotes, a_channel_names_its_symbol) {
  EXPECT_EQ(quote_channel("BRK.B"), "quote:BRK.B");
  EXPECT_EQ(symbol_of_channel("quote:BRK.B"), "BRK.B");
  for (const auto* channel : {"quote:", "quote:aapl", "quotes:AAPL", "AAPL", "quote:A:B"}) {
    EXPECT_FALSE(symbol_of_channel(channel)) << channel;
  }
}

TEST(Quotes, a_quote_is_what_the_feed_told_to_the_letter) {
  const Quote quote{"150.250", "-2.50", "-1E-2", 1'761'561'000'000};
  const auto text = [&](QuoteForm form) {
    std::string out;
    append_quote(out, "AAPL", quote, form);
    return out;
  };
  EXPECT_EQ(text({}), R"({"type":"quote","symbol":"AAPL","price":150.250,"timestamp":"2025-10-27T10:30:00Z"})");
  EXPECT_EQ(text({.all_fields = true}), R"({"type":"quote","symbol":"AAPL","price":150.250,"change":-2.50,)"
                                        R"("change_percent":-1E-2,"timestamp":"2025-10-27T10:30:00Z"})");
  EXPECT_EQ(text({.snapshot = true}),
            R"({"type":"quote","symbol":"AAPL","price":150.250,"timestamp":"2025-10-27T10:30:00Z","snapshot":true})");
}

TEST(Quotes, a_refusal_names_its_symbol_and_a_limit_its_number) {
  EXPECT_EQ(denied_symbol_error("AAPL", ""), R"({"type":"error","message":"Symbol AAPL not allowed for your )"
                                             R"(subscription","code":"not_allowed","symbols":["AAPL"]})");
  EXPECT_EQ(symbols_limit_error(50, "1"), R"({"type":"error","message":"Subscription limit of 50 symbols exceeded",)"
                                          R"("code":"subscription_limit","id":1})");
}

TEST(Quotes, all_fields_are_asked_for_by_their_name_once) {
  EXPECT_EQ(parse_quote_form({}), QuoteForm{});
  EXPECT_EQ(parse_quote_form({"all"}), QuoteForm{.all_fields = true});
  EXPECT_EQ(parse_quote_form({"price"}), std::nullopt);
  EXPECT_EQ(parse_quote_form({"all", "all"}), std::nullopt);
}

}  // namespace
}  // namespace wsf::protocol
