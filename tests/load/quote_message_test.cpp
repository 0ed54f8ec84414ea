#include "load/quote_message.hpp"

#include "protocol/quotes.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using protocol::QuoteField;

const protocol::Quote kQuote{
    .price = "150.250", .change = "-2.5", .change_percent = "1e-2", .time_ms = 1761561000007};

TEST(QuoteMessage, reads_what_the_protocol_writes) {
  std::string text;
  protocol::append_quote(text, "BRK.B", kQuote, {});
  const auto quote = read_quote(text);
  ASSERT_TRUE(quote);
  EXPECT_EQ(quote->symbol, "BRK.B");
  EXPECT_EQ(quote->values.number(QuoteField::price), 150.25);
  EXPECT_EQ(quote->values.time_ms, 1761561000007);
  EXPECT_FALSE(quote->values.given.has(QuoteField::change));
}

TEST(QuoteMessage, reads_all_the_fields_where_they_are) {
  std::string text;
  protocol::append_quote(text, "T", kQuote, {.all_fields = true});
  const auto quote = read_quote(text);
  ASSERT_TRUE(quote);
  EXPECT_EQ(quote->values.given, protocol::QuoteFields::all());
  EXPECT_EQ(quote->values.number(QuoteField::change), -2.5);
  EXPECT_EQ(quote->values.number(QuoteField::change_percent), 0.01);
}

TEST(QuoteMessage, takes_members_in_any_order) {
  const auto quote = read_quote(R"({"timestamp":"2025-10-27T10:30:00Z","price":1,"symbol":"T","type":"quote"})");
  ASSERT_TRUE(quote);
  EXPECT_EQ(quote->symbol, "T");
  EXPECT_EQ(quote->values.time_ms, 1761561000000);
}

TEST(QuoteMessage, what_has_no_symbol_or_a_member_of_another_kind_is_none) {
  for (const std::string_view text :
       {R"({"type":"quote","price":1})", R"({"symbol":"T","price":"1"})", R"({"symbol":"T","timestamp":"soon"})"}) {
    EXPECT_FALSE(read_quote(text)) << text;
  }
}

}  // namespace
}  // namespace wsf::load
