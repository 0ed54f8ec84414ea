#include "fanout/quotes_patch/price_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using protocol::QuoteField;
using testing::ElementsAre;
using testing::Pair;

protocol::QuoteEvent quote(std::string symbol, std::string price) {
  protocol::QuoteEvent out;
  out.symbol = std::move(symbol);
  out.quote.price = std::move(price);
  out.given.add(QuoteField::price);
  return out;
}

class PriceBookTest : public testing::Test {
 protected:
  PriceBookTest() {
    book.post_to([this](std::shared_ptr<hub::UpdateBatch> batch) { posted.push_back(std::move(batch)); }, nullptr,
                 "test");
  }
  std::vector<std::pair<std::string, std::string>> prices(const hub::UpdateBatch& batch) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const hub::Update& update : batch.updates)
      out.emplace_back(update.key, protocol::unpacked(update.payload).price);
    return out;
  }

  PriceBook book{{{"AAPL", 150.25}, {"T", 15.6}}, 7, 1'000};
  SymbolWatch watch;
  std::vector<std::shared_ptr<hub::UpdateBatch>> posted;
};

TEST_F(PriceBookTest, begins_at_the_base_prices) {
  const auto quotes = book.quotes();
  ASSERT_EQ(quotes.size(), 2U);
  EXPECT_EQ(quotes[0].second,
            (protocol::Quote{.price = "150.25", .change = "0.00", .change_percent = "0.00", .time_ms = 1'000}));
}

TEST_F(PriceBookTest, an_event_is_one_batch_whose_updates_have_its_number) {
  book.tell({quote("T", "16"), quote("NEW", "3.10"), quote("T", "17")}, 2'000);
  book.tell({quote("AAPL", "151")}, 3'000);
  ASSERT_EQ(posted.size(), 2U);
  EXPECT_THAT(prices(*posted[0]), ElementsAre(Pair("T", "17"), Pair("NEW", "3.10")));
  for (const hub::Update& update : posted[0]->updates) EXPECT_EQ(update.position.offset, 1);
  EXPECT_EQ(posted[1]->updates[0].position.offset, 2);
  EXPECT_EQ(book.events(), 2U);
}

TEST_F(PriceBookTest, what_a_quote_leaves_out_stays_and_its_time_is_now) {
  protocol::QuoteEvent full = quote("T", "16.0");
  full.quote.change = "0.40";
  full.given.add(QuoteField::change);
  full.quote.time_ms = 1'500;
  full.given.add(QuoteField::time);
  book.tell({full}, 2'000);
  book.tell({quote("T", "17")}, 3'000);
  EXPECT_EQ(protocol::unpacked(posted[0]->updates[0].payload).time_ms, 1'500);
  const auto last = protocol::unpacked(posted[1]->updates[0].payload);
  EXPECT_EQ(last, (protocol::Quote{.price = "17", .change = "0.40", .change_percent = "0.00", .time_ms = 3'000}));
}

TEST_F(PriceBookTest, only_watched_symbols_oscillate) {
  book.oscillate(watch, 2'000);
  EXPECT_TRUE(posted.empty());
  watch.add("T");
  book.oscillate(watch, 3'000);
  ASSERT_EQ(posted.size(), 1U);
  EXPECT_EQ(posted[0]->updates[0].key, "T");
}

TEST_F(PriceBookTest, made_up_prices_go_on_around_what_a_feed_told_last) {
  watch.add("T");
  protocol::QuoteEvent told = quote("T", "1000");
  told.quote.change = "10";
  told.given.add(QuoteField::change);
  book.tell({told}, 2'000);
  book.oscillate(watch, 3'000);
  const auto quote = protocol::unpacked(posted[1]->updates[0].payload);
  EXPECT_NEAR(std::stod(quote.price), 1'000, 10);
  EXPECT_NEAR(std::stod(quote.change), std::stod(quote.price) - 990, 0.006);
  EXPECT_NEAR(std::stod(quote.change_percent), std::stod(quote.change) / 990 * 100, 0.006);
}

TEST_F(PriceBookTest, a_symbol_is_watched_until_the_last_has_left) {
  watch.add("T");
  watch.add("T");
  watch.remove("T");
  EXPECT_TRUE(watch.has("T"));
  watch.remove("T");
  EXPECT_FALSE(watch.has("T"));
  EXPECT_EQ(watch.count(), 0U);
}

}  // namespace
}  // namespace wsf::fanout
