#include "fanout/quotes/newest_quotes.hpp"

#include <gtest/gtest.h>

#include <variant>

namespace wsf::fanout {
namespace {

protocol::QuoteEvent event(std::string_view payload, std::string_view symbol = "AAPL") {
  return std::get<protocol::QuoteEvent>(protocol::parse_quote(payload, symbol, 1024));
}

TEST(NewestQuotes, what_a_quote_does_not_tell_stays_as_it_was) {
  NewestQuotes newest;
  newest.merge(event(R"({"price":150,"change":-2.50,"change_percent":-1.6,"timestamp":1000})"), 5'000);
  const protocol::Quote merged = newest.merge(event(R"({"price":151,"change":-1.50,"timestamp":2000})"), 5'000);
  EXPECT_EQ(merged, (protocol::Quote{"151", "-1.50", "-1.6", 2'000}));
  EXPECT_EQ(newest.find("AAPL"), merged);
}

TEST(NewestQuotes, a_quote_without_a_time_is_of_now) {
  NewestQuotes newest;
  newest.merge(event(R"({"price":150,"timestamp":1000})"), 5'000);
  EXPECT_EQ(newest.merge(event(R"({"price":151})"), 5'000).time_ms, 5'000);
}

TEST(NewestQuotes, the_first_quote_of_a_symbol_has_defaults) {
  NewestQuotes newest;
  EXPECT_EQ(newest.merge(event(R"({"price":150})"), 5'000), (protocol::Quote{"150", "0", "0", 5'000}));
  EXPECT_EQ(newest.find("MSFT"), std::nullopt);
  EXPECT_EQ(newest.size(), 1U);
}

TEST(NewestQuotes, beyond_the_bound_symbols_pass_and_are_not_kept) {
  NewestQuotes newest;
  for (std::size_t i = 0; i < NewestQuotes::kMaxSymbols; ++i) {
    newest.merge(event(R"({"price":1})", "S" + std::to_string(i)), 1);
  }
  EXPECT_EQ(newest.merge(event(R"({"price":150})"), 5'000).price, "150");
  EXPECT_EQ(newest.find("AAPL"), std::nullopt);
  EXPECT_EQ(newest.merge(event(R"({"price":2})", "S7"), 5'000).price, "2");
  EXPECT_EQ(newest.size(), NewestQuotes::kMaxSymbols);
}

}  // namespace
}  // namespace wsf::fanout
