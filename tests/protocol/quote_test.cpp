#include "protocol/quote.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace wsf::protocol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kMax = 1024;

QuoteEvent quote(std::string_view payload, std::string_view symbol = "AAPL") {
  const auto parsed = parse_quote(payload, symbol, kMax);
  EXPECT_TRUE(std::holds_alternative<QuoteEvent>(parsed)) << payload;
  return std::holds_alternative<QuoteEvent>(parsed) ? std::get<QuoteEvent>(parsed) : QuoteEvent{};
}

std::string fault(std::string_view payload, std::string_view symbol = "AAPL") {
  const auto parsed = parse_quote(payload, symbol, kMax);
  const auto* cause = std::get_if<Poison>(&parsed);
  return cause == nullptr ? "(none)" : std::string(name(*cause));
}

PriceUpdates updates(std::string_view payload) {
  const auto parsed = parse_price_updates(payload, kMax);
  EXPECT_TRUE(std::holds_alternative<PriceUpdates>(parsed)) << payload;
  return std::holds_alternative<PriceUpdates>(parsed) ? std::get<PriceUpdates>(parsed) : PriceUpdates{};
}

std::string fault_of_all(std::string_view payload) {
  const auto parsed = parse_price_updates(payload, kMax);
  const auto* cause = std::get_if<Poison>(&parsed);
  return cause == nullptr ? "(none)" : std::string(name(*cause));
}

TEST(ParseQuote, keeps_numbers_to_the_letter) {
  const QuoteEvent event = quote(R"({"symbol":"AAPL","price":150.250,"change":-2.50,"change_percent":1E-1,)"
                                 R"("timestamp":1761561000000})");
  EXPECT_EQ(event.symbol, "AAPL");
  EXPECT_EQ(event.quote, (Quote{"150.250", "-2.50", "1E-1", 1'761'561'000'000}));
  EXPECT_EQ(event.given, QuoteFields::all());
}

TEST(ParseQuote, keeps_whole_numbers_and_decimals_to_the_letter) {
  EXPECT_EQ(quote(R"({"price":150})").quote.price, "150");
  EXPECT_EQ(quote(R"({"price":1.50000000000000000000})").quote.price, "1.50000000000000000000");
  EXPECT_EQ(quote(R"({"price":1,"change":-999999999999999})").quote.change, "-999999999999999");
}

TEST(ParseQuote, takes_no_number_that_no_price_has) {
  for (const auto* number : {"1e16", "18446744073709551615", "123456789012345678901234567890",
                             "1.5000000000000000000000000000000000000001"}) {
    EXPECT_EQ(fault(std::string(R"({"price":)") + number + "}"), "bad_quote") << number;
  }
}

TEST(ParseQuote, takes_names_in_any_case_with_underscores_or_without) {
  for (const auto* payload :
       {R"({"Symbol":"AAPL","Price":1.5,"Change":2,"ChangePercent":3,"Timestamp":4})",
        R"({"SYMBOL":"AAPL","PRICE":1.5,"CHANGE":2,"CHANGE_PERCENT":3,"TIMESTAMP":4})",
        R"({"symbol":"AAPL","current_price":1.5,"change":2,"changePercent":3,"time":4})",
        R"({"symbol":"AAPL","currentPrice":1.5,"change":2,"changepercent":3,"lastUpdated":4})"}) {
    const QuoteEvent event = quote(payload);
    EXPECT_EQ(event.quote, (Quote{"1.5", "2", "3", 4})) << payload;
    EXPECT_EQ(event.given, QuoteFields::all()) << payload;
  }
}

TEST(ParseQuote, takes_no_long_name_for_one_that_it_begins_with) {
  const std::string payload = R"({"price":1,"price)" + std::string(30, '_') + R"(of_yesterday":2})";
  EXPECT_EQ(quote(payload).quote.price, "1");
}

TEST(ParseQuote, takes_a_time_in_milliseconds_or_as_a_text) {
  EXPECT_EQ(quote(R"({"price":1,"timestamp":1761561000500})").quote.time_ms, 1'761'561'000'500);
  EXPECT_EQ(quote(R"({"price":1,"timestamp":"2025-10-27T10:30:00.5Z"})").quote.time_ms, 1'761'561'000'500);
  EXPECT_EQ(quote(R"({"price":1,"timestamp":"2025-10-27T12:30:00+02:00"})").quote.time_ms, 1'761'561'000'000);
}

TEST(ParseQuote, tells_what_was_given_and_what_is_a_default) {
  const QuoteEvent event = quote(R"({"price":1,"change":null})");
  EXPECT_EQ(event.symbol, "AAPL");
  EXPECT_EQ(event.quote, (Quote{"1", "0", "0", 0}));
  EXPECT_TRUE(event.given.has(QuoteField::price));
  EXPECT_FALSE(event.given.has(QuoteField::change));
  EXPECT_FALSE(event.given.has(QuoteField::change_percent));
  EXPECT_FALSE(event.given.has(QuoteField::time));
}

TEST(ParseQuote, leaves_other_members_aside_whatever_they_are) {
  EXPECT_EQ(
      quote(R"({"volume":[{"price":2}],"venue":{"price":3,"symbol":"X"},"halted":false,"price":1})").quote.price,
      "1");
  EXPECT_EQ(quote(R"({"price":1,"price":2})").quote.price, "2");
}

TEST(ParseQuote, refuses_what_is_no_object) {
  for (const auto* payload : {"[1]", "[[1]]", R"([{"price":1}])", "7", "\"AAPL\"", "null", "true"}) {
    EXPECT_EQ(fault(payload), "not_object") << payload;
  }
}

TEST(ParseQuote, refuses_what_is_no_json_and_what_is_too_much_of_it) {
  EXPECT_EQ(fault(""), "not_json");
  EXPECT_EQ(fault(R"({"price":1)"), "not_json");
  EXPECT_EQ(fault(R"({"price":1} {})"), "not_json");
  EXPECT_EQ(fault(R"({"price":NaN})"), "not_json");
  EXPECT_EQ(fault(R"({"price":1e999})"), "bad_number");
  EXPECT_EQ(fault("{\"price\":1,\"x\":\"\xFF\"}"), "invalid_utf8");
  EXPECT_EQ(fault(R"({"price":1,"x":)" + std::string(40, '[') + std::string(40, ']') + "}"), "too_deep");
  EXPECT_EQ(fault(R"({"price":1,"x":")" + std::string(kMax, 'x') + "\"}"), "too_large");
}

TEST(ParseQuote, refuses_another_symbol_than_that_of_its_place) {
  EXPECT_EQ(fault(R"({"symbol":"MSFT","price":1})"), "bad_symbol");
  EXPECT_EQ(fault(R"({"price":1})", "aapl"), "bad_symbol");
  EXPECT_EQ(fault(R"({"price":1})", ""), "bad_symbol");
  EXPECT_EQ(fault(R"({"symbol":7,"price":1})"), "bad_quote");
}

TEST(ParseQuote, refuses_members_of_the_wrong_kind) {
  for (const auto* payload :
       {R"({})", R"({"price":null})", R"({"price":0})", R"({"price":-1.5})", R"({"price":"150"})",
        R"({"price":true})", R"({"price":[1]})", R"({"price":{"price":1}})", R"({"price":1,"change":"2"})",
        R"({"price":1,"timestamp":"soon"})", R"({"price":1,"timestamp":1.5})", R"({"price":1,"timestamp":-1})",
        R"({"price":1,"timestamp":253402300800000})", R"({"price":1,"timestamp":18446744073709551615})"}) {
    EXPECT_EQ(fault(payload), "bad_quote") << payload;
  }
}

TEST(ParsePriceUpdates, reads_each_quote_under_its_symbol) {
  const PriceUpdates read = updates(R"({"AAPL":{"current_price":150.25,"last_updated":"2025-10-27T10:30:00Z"},)"
                                    R"("BRK.B":{"symbol":"BRK.B","price":400,"change":1,"changePercent":0.25}})");
  ASSERT_EQ(read.quotes.size(), 2U);
  EXPECT_EQ(read.quotes[0].symbol, "AAPL");
  EXPECT_EQ(read.quotes[0].quote, (Quote{"150.25", "0", "0", 1'761'561'000'000}));
  EXPECT_EQ(read.quotes[1].symbol, "BRK.B");
  EXPECT_EQ(read.quotes[1].quote, (Quote{"400", "1", "0.25", 0}));
  EXPECT_THAT(read.faults, IsEmpty());
}

TEST(ParsePriceUpdates, leaves_out_bad_quotes_and_keeps_the_others) {
  const PriceUpdates read = updates(R"({"A":7,"B":null,"C":[{"price":1}],"D":{},"E":{"price":"1"},"f":{"price":1},)"
                                    R"("G":{"symbol":"H","price":1},"OK":{"price":5,"more":{"price":6}}})");
  ASSERT_EQ(read.quotes.size(), 1U);
  EXPECT_EQ(read.quotes[0].symbol, "OK");
  EXPECT_EQ(read.quotes[0].quote.price, "5");
  EXPECT_THAT(read.faults, ElementsAre(Poison::bad_quote, Poison::bad_quote, Poison::bad_quote, Poison::bad_quote,
                                       Poison::bad_quote, Poison::bad_symbol, Poison::bad_symbol));
}

TEST(ParsePriceUpdates, takes_an_empty_object_for_no_quotes) {
  EXPECT_THAT(updates("{}").quotes, IsEmpty());
}

TEST(ParsePriceUpdates, refuses_what_is_no_object) {
  for (const auto* payload : {"[1]", "[[1]]", "[[{\"price\":1}]]", R"([{"price":1}])", R"([{"AAPL":{"price":1}}])",
                              "7", "\"AAPL\"", "null"}) {
    EXPECT_EQ(fault_of_all(payload), "not_object") << payload;
  }
  EXPECT_EQ(fault_of_all(R"({"AAPL":{"price":1)"), "not_json");
  EXPECT_EQ(fault_of_all(R"({"AAPL":{"price":1e999}})"), "bad_number");
}

TEST(Quote, comes_back_from_its_line_as_it_was) {
  for (const Quote& one : {Quote{"150.250", "-2.50", "1E-1", 1'761'561'000'000}, Quote{"1", "0", "0", 0}, Quote{}}) {
    EXPECT_EQ(unpacked(packed(one)), one);
  }
}

TEST(Quote, differs_in_what_is_written_otherwise) {
  const Quote one{"1.0", "2", "3", 4};
  EXPECT_TRUE(difference(one, one).empty());
  const QuoteFields changed = difference(one, Quote{"1.00", "2", "3", 5});
  EXPECT_TRUE(changed.has(QuoteField::price) && changed.has(QuoteField::time));
  EXPECT_FALSE(changed.has(QuoteField::change) || changed.has(QuoteField::change_percent));
}

}  // namespace
}  // namespace wsf::protocol
