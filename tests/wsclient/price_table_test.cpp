#include "wsclient/price_table.hpp"

#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

constexpr std::int64_t kNow_ms = 1'705'314'600'000;
constexpr std::int64_t kNow_us = kNow_ms * 1000;

RateUpdate update(const std::string& rate, const std::string& pair = "EURUSD") {
  RateUpdate u;
  u.pair = pair;
  u.rate = {std::stod(rate), rate};
  return u;
}

ServerMessage told(RateUpdate update) {
  ServerMessage message;
  message.type = "rateUpdate";
  message.update = std::move(update);
  return message;
}

TEST(price_table, rows_stand_in_the_order_they_were_asked_for) {
  PriceTable table;
  table.watch("USDJPY");
  table.watch("EURUSD");
  table.apply(update("1.1", "EURUSD"), kNow_us);
  ASSERT_EQ(table.rows().size(), 2u);
  EXPECT_EQ(table.rows()[0].pair, "USDJPY");
  EXPECT_FALSE(table.rows()[0].last);
  EXPECT_TRUE(table.rows()[1].last);
}

TEST(price_table, a_row_knows_move_change_and_decimals) {
  PriceTable table;
  table.apply(update("1.0000"), kNow_us);
  table.apply(update("1.02"), kNow_us);
  table.apply(update("1.01"), kNow_us);
  const auto& row = table.rows()[0];
  EXPECT_EQ(row.move, -1);
  EXPECT_NEAR(*row.change_percent(), 1.0, 1e-9);
  EXPECT_EQ(row.decimals, 4);
  EXPECT_EQ(row.trend.size(), 3u);
}

TEST(price_table, spread_is_in_pips_of_the_pair) {
  PriceTable table;
  auto euro = update("1.08523");
  euro.bid = {1.08518, "1.08518"};
  euro.ask = {1.08528, "1.08528"};
  auto yen = update("154.312", "USDJPY");
  yen.bid = {154.307, "154.307"};
  yen.ask = {154.327, "154.327"};
  table.apply(euro, kNow_us);
  table.apply(yen, kNow_us);
  EXPECT_NEAR(*table.rows()[0].spread_pips(), 1.0, 1e-6);
  EXPECT_NEAR(*table.rows()[1].spread_pips(), 2.0, 1e-6);
}

TEST(price_table, latency_is_from_the_event_else_from_the_log) {
  auto u = update("1.1");
  EXPECT_EQ(latency_us(u, kNow_us), std::nullopt);
  u.meta = UpdateMeta{{0, 1}, std::nullopt, kNow_ms - 4, 0};
  EXPECT_EQ(latency_us(u, kNow_us), 4000);
  u.event_ms = kNow_ms - 7;
  EXPECT_EQ(latency_us(u, kNow_us), 7000);
}

TEST(price_table, clocks_that_plainly_disagree_give_no_latency) {
  auto u = update("1.1");
  u.event_ms = kNow_ms + 20;
  EXPECT_EQ(latency_us(u, kNow_us), 0);
  u.event_ms = kNow_ms + 60;
  EXPECT_EQ(latency_us(u, kNow_us), std::nullopt);
  u.event_ms = 0;
  EXPECT_EQ(latency_us(u, kNow_us), std::nullopt);
}

TEST(price_table, a_snapshot_has_an_age_but_no_latency) {
  PriceTable table;
  auto u = update("1.1");
  u.snapshot = true;
  u.event_ms = kNow_ms - 90'000;
  table.apply(u, kNow_us);
  EXPECT_EQ(table.rows()[0].latency_us, std::nullopt);
  EXPECT_EQ(table.latency().count(), 0u);
  EXPECT_EQ(table.rows()[0].age_ms(kNow_us + 1'000'000), 91'000);
}

TEST(price_table, an_event_from_the_future_ages_from_its_arrival) {
  PriceTable table;
  auto u = update("1.1");
  u.event_ms = kNow_ms + 3'600'000;
  table.apply(u, kNow_us);
  EXPECT_EQ(table.rows()[0].age_ms(kNow_us + 2'000'000), 2'000);
}

TEST(price_table, a_hole_in_the_chain_is_marked_at_its_pair) {
  PriceTable table;
  auto first = update("1.1");
  first.meta = UpdateMeta{{0, 5}, std::nullopt, std::nullopt, 0};
  auto later = update("1.1");
  later.meta = UpdateMeta{{0, 9}, base::Position{0, 7}, std::nullopt, 0};
  table.take(told(first), kNow_us);
  table.take(told(update("154.3", "USDJPY")), kNow_us);
  EXPECT_TRUE(table.take(told(later), kNow_us));
  EXPECT_EQ(table.rows()[0].gaps, 1u);
  EXPECT_EQ(table.rows()[1].gaps, 0u);
  EXPECT_EQ(table.updates(), 3u);
}

ServerMessage status(const std::string& type, const std::string& pair) {
  ServerMessage message;
  message.type = type;
  message.pair = pair;
  return message;
}

TEST(price_table, a_pair_is_stale_until_an_update_or_the_servers_word_or_a_new_connection) {
  PriceTable table;
  table.take(told(update("1.1")), kNow_us);
  table.take(status("stale", "EURUSD"), kNow_us);
  EXPECT_TRUE(table.rows()[0].stale);
  table.take(status("live", "EURUSD"), kNow_us);
  EXPECT_FALSE(table.rows()[0].stale);
  table.take(status("stale", "EURUSD"), kNow_us);
  table.reconnected();
  EXPECT_FALSE(table.rows()[0].stale);
  table.take(status("stale", "EURUSD"), kNow_us);
  table.take(told(update("1.2")), kNow_us);
  EXPECT_FALSE(table.rows()[0].stale);
}

TEST(price_table, rows_and_trends_are_bounded) {
  PriceTable table;
  for (std::size_t i = 0; i < kMaxRows + 10; ++i) {
    std::string pair = "AAAAAA";
    pair[4] = static_cast<char>('A' + i / 26);
    pair[5] = static_cast<char>('A' + i % 26);
    table.apply(update("1.1", pair), kNow_us);
  }
  for (int i = 0; i < 100; ++i) table.apply(update("1.1", "AAAAAA"), kNow_us);
  EXPECT_EQ(table.rows().size(), kMaxRows);
  EXPECT_EQ(table.rows()[0].trend.size(), kTrendPoints);
  EXPECT_EQ(table.updates(), kMaxRows + 110);
}

}  // namespace
}  // namespace wsf::wsclient
