#include "load/quote_walk.hpp"

#include "protocol/quote.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using protocol::QuoteField;

constexpr std::int64_t kStart_ns = 1'705'226'400'000'400'000;

QuoteWalk walk_of(double rate_per_s, std::chrono::nanoseconds duration, bool some = false) {
  return QuoteWalk(
      {.securities = market::well_known_securities(), .rate_per_s = rate_per_s, .duration = duration, .some = some});
}

TEST(QuoteWalk, every_field_tells_which_event_it_is_from) {
  for (const auto& [rate, duration] : {std::pair{0.25, 61s}, std::pair{100.0, 61s}, std::pair{1000.0, 5s}}) {
    const QuoteWalk walk = walk_of(rate, duration);
    const auto events = walk.first_due(duration);
    for (std::uint32_t symbol = 0; symbol < walk.symbols(); symbol++) {
      for (std::uint32_t event = 0; event < events; event += 1 + events / 500) {
        const QuoteValues values = walk.values(event, symbol, kStart_ns);
        for (const QuoteField field : kQuoteFields) {
          ASSERT_EQ(walk.event_of(symbol, field, values, kStart_ns), event) << walk.symbol(symbol) << " at " << rate;
        }
      }
    }
  }
}

TEST(QuoteWalk, what_it_publishes_is_read_as_what_it_expects_to_the_last_bit) {
  const QuoteWalk walk = walk_of(100, 10s);
  for (std::uint32_t symbol = 0; symbol < walk.symbols(); symbol++) {
    std::string text = "{\"" + walk.symbol(symbol) + "\":";
    walk.append_json(text, 17, symbol, kStart_ns);
    const auto read = protocol::parse_price_updates(text + "}", 4096);
    const auto& event = std::get<protocol::PriceUpdates>(read).quotes.at(0);
    const QuoteValues values = walk.values(17, symbol, kStart_ns);
    EXPECT_EQ(std::stod(event.quote.price), values.number(QuoteField::price)) << text;
    EXPECT_EQ(std::stod(event.quote.change), values.number(QuoteField::change)) << text;
    EXPECT_EQ(std::stod(event.quote.change_percent), values.number(QuoteField::change_percent)) << text;
    EXPECT_EQ(event.quote.time_ms, values.time_ms) << text;
  }
}

TEST(QuoteWalk, prices_stay_within_a_percent_and_are_cents_where_these_suffice) {
  const QuoteWalk walk = walk_of(0.25, 61s);
  for (std::uint32_t event = 0; event < 16; event++) {
    const double price = walk.values(event, 0, kStart_ns).number(QuoteField::price);
    EXPECT_NEAR(price, 150.25, 1.51);
    EXPECT_NEAR(price * 100, std::round(price * 100), 1e-6);
  }
}

TEST(QuoteWalk, a_value_that_nobody_published_is_of_no_event) {
  const QuoteWalk walk = walk_of(0.25, 61s);
  QuoteValues values = walk.values(3, 0, kStart_ns);
  values.put(QuoteField::price, 150.123);
  values.put(QuoteField::change, 1e300);
  values.put(QuoteField::change_percent, -50);
  values.put_time(values.time_ms + 1);
  for (const QuoteField field : kQuoteFields) EXPECT_EQ(walk.event_of(0, field, values, kStart_ns), std::nullopt);
  values.put_time(253'402'300'799'999);
  EXPECT_EQ(walk.event_of(0, QuoteField::time, values, kStart_ns), std::nullopt);
  values.put_time(0);
  EXPECT_EQ(walk.event_of(0, QuoteField::time, values, kStart_ns), std::nullopt);
}

TEST(QuoteWalk, the_first_event_moves_all_and_each_later_one_some) {
  const QuoteWalk walk = walk_of(1, 1000s, true);
  std::set<std::uint32_t> sizes;
  for (std::uint32_t event = 0; event < 200; event++) {
    std::uint32_t moved = 0;
    for (std::uint32_t symbol = 0; symbol < walk.symbols(); symbol++) moved += walk.moves(event, symbol) ? 1 : 0;
    EXPECT_GE(moved, event == 0 ? walk.symbols() : 1u);
    sizes.insert(moved);
  }
  EXPECT_GT(sizes.size(), 30u);
  const std::uint32_t last = walk.last_move(100, 7);
  EXPECT_TRUE(walk.moves(last, 7));
  for (std::uint32_t event = last + 1; event <= 100; event++) EXPECT_FALSE(walk.moves(event, 7));
}

TEST(QuoteWalk, knows_when_an_event_is_due) {
  const QuoteWalk walk = walk_of(0.25, 61s);
  EXPECT_EQ(walk.due(3), 12s);
  EXPECT_EQ(walk.first_due(0s), 0u);
  EXPECT_EQ(walk.first_due(1s), 1u);
  EXPECT_EQ(walk.first_due(4s), 1u);
  EXPECT_EQ(walk.first_due(4001ms), 2u);
}

}  // namespace
}  // namespace wsf::load
