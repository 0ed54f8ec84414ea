#include "load/quote_turns.hpp"

#include "protocol/quote.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using protocol::QuoteField;

constexpr std::int64_t kStart_ns = 1'705'226'400'000'400'000;  // not at a whole millisecond

QuoteTurns three_symbols(double rate_per_s = 10, std::chrono::nanoseconds duration = 1s) {
  return QuoteTurns({.securities = {{"AAPL", 150.25}, {"MSFT", 378.9}, {"T", 15.6}},
                     .rate_per_s = rate_per_s,
                     .duration = duration});
}

TEST(QuoteTurns, each_symbol_has_its_turn_at_a_fixed_time) {
  const QuoteTurns turns = three_symbols();
  EXPECT_EQ(turns.due(0, 0), 0ms);
  EXPECT_EQ(turns.due(0, 2), 200ms);
  EXPECT_EQ(turns.due(3, 0), 900ms);
}

TEST(QuoteTurns, the_last_round_may_end_before_all_had_their_turn) {
  const QuoteTurns turns = three_symbols();
  EXPECT_EQ(turns.rounds(0), 4u);
  EXPECT_EQ(turns.rounds(1), 3u);
  EXPECT_EQ(turns.rounds_before(100ms, 0), 1u);
  EXPECT_EQ(turns.rounds_before(100ms, 1), 0u);
  EXPECT_EQ(turns.rounds_before(1h, 2), 3u);
}

TEST(QuoteTurns, what_is_published_reads_as_the_values_that_are_told_of_it) {
  const QuoteTurns turns = three_symbols();
  std::string json;
  turns.append_json(json, 2, 1, kStart_ns);
  const auto event = std::get<protocol::QuoteEvent>(protocol::parse_quote(json, "MSFT", 1000));
  const QuoteValues values = turns.values(2, 1, kStart_ns);
  EXPECT_EQ(event.given, protocol::QuoteFields::all());
  EXPECT_EQ(std::stod(event.quote.price), values.number(QuoteField::price));
  EXPECT_EQ(std::stod(event.quote.change), values.number(QuoteField::change));
  EXPECT_EQ(std::stod(event.quote.change_percent), values.number(QuoteField::change_percent));
  EXPECT_EQ(event.quote.time_ms, values.time_ms);
  EXPECT_EQ(values.time_ms, 1'705'226'400'700);
}

TEST(QuoteTurns, a_price_tells_which_quote_it_is_of) {
  const QuoteTurns turns = three_symbols(3000, 10s);
  for (std::uint32_t round = 0; round < turns.rounds(2); round++) {
    ASSERT_EQ(turns.round_of(2, turns.values(round, 2, 0).number(QuoteField::price)), round);
  }
  EXPECT_EQ(turns.rounds(2), 10'000u);
}

TEST(QuoteTurns, a_price_that_nobody_publishes_in_the_run_is_of_none) {
  const QuoteTurns turns = three_symbols();
  EXPECT_EQ(turns.round_of(0, 99), std::nullopt);
  EXPECT_EQ(turns.round_of(1, turns.values(3, 1, 0).number(QuoteField::price)), std::nullopt);
}

}  // namespace
}  // namespace wsf::load
