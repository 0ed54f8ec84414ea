#include "protocol/quotes_patch.hpp"

#include <gtest/gtest.h>

namespace wsf::protocol {
namespace {

const Quote kQuote{.price = "150.250", .change = "1.50", .change_percent = "1.01", .time_ms = 1'761'474'600'000};

QuoteFields fields(std::string_view list) {
  return parse_patch_fields(list).value();
}

std::string change(QuoteFields changed, PatchForm form = {}) {
  std::string out;
  append_change(out, "AAPL", kQuote, patch_of("AAPL", kQuote), changed, form);
  return out;
}

TEST(quotes_patch, an_add_puts_the_whole_quote_there_with_its_numbers_as_they_came) {
  std::string out;
  append_add(out, "BRK.B", kQuote, QuoteFields::all());
  EXPECT_EQ(out,
            R"({"op":"add","path":"/quotes/BRK.B","value":{"symbol":"BRK.B","current_price":150.250,"change":1.50,)"
            R"("change_percent":1.01,"last_updated":"2025-10-26T10:30:00Z"}})");
}

TEST(quotes_patch, an_add_has_the_fields_that_are_wanted) {
  std::string out;
  append_add(out, "AAPL", kQuote, fields("current_price"));
  EXPECT_EQ(out, R"({"op":"add","path":"/quotes/AAPL","value":{"symbol":"AAPL","current_price":150.250}})");
}

TEST(quotes_patch, each_changed_field_is_replaced_and_no_other) {
  EXPECT_EQ(change(fields("current_price,change")),
            R"({"op":"replace","path":"/quotes/AAPL/current_price","value":150.250},)"
            R"({"op":"replace","path":"/quotes/AAPL/change","value":1.50})");
  EXPECT_EQ(change(fields("last_updated")),
            R"({"op":"replace","path":"/quotes/AAPL/last_updated","value":"2025-10-26T10:30:00Z"})");
  EXPECT_EQ(change({}), "");
}

TEST(quotes_patch, what_is_not_wanted_is_not_told) {
  EXPECT_EQ(change(QuoteFields::all(), {.fields = fields("change"), .compact = false}),
            R"({"op":"replace","path":"/quotes/AAPL/change","value":1.50})");
  EXPECT_EQ(change(fields("current_price"), {.fields = fields("change"), .compact = true}), "");
}

TEST(quotes_patch, a_compact_change_is_one_add_where_that_is_shorter) {
  const PatchForm compact{.fields = QuoteFields::all(), .compact = true};
  std::string add;
  append_add(add, "AAPL", kQuote, QuoteFields::all());
  EXPECT_EQ(change(QuoteFields::all(), compact), add);
  EXPECT_EQ(change(fields("current_price"), compact), change(fields("current_price")));
}

TEST(quotes_patch, a_list_of_fields_names_known_ones) {
  EXPECT_EQ(fields("change,change"), fields("change"));
  EXPECT_EQ(fields("last_updated,change_percent,change,current_price"), QuoteFields::all());
  for (const char* list : {"", "price", "change,", ",change", "Change", "symbol"}) {
    EXPECT_FALSE(parse_patch_fields(list)) << list;
  }
}

}  // namespace
}  // namespace wsf::protocol
