#include "load/trading_ledger.hpp"

#include "load/trading_dialect.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

LoadOptions one_of_one() {
  LoadOptions out;
  out.protocol = LoadProtocol::trading;
  out.url = ws::parse_url("ws://127.0.0.1:3003/ws").value();
  out.connections = 1;
  out.markets = {"BTC"};
  out.assessments = 1;
  out.verify = true;
  return out;
}

class TradingLedgerTest : public testing::Test {
 protected:
  TradingDialect dialect_{one_of_one()};
  const Share share_{dialect_.plan()};
  TradingLedger ledger_{dialect_, {1, 1}, share_};
  const Subscription price_ = share_.subscription(0, 0), pnl_ = share_.subscription(0, 1);

  void follow(const Subscription& subscription, std::string_view position, std::uint32_t missing = 0) {
    ledger_.follow(subscription, fmt::format(R"({{"type":"x","load":{{}},"position":"{}"}})", position), missing);
  }
};

TEST_F(TradingLedgerTest, positions_that_rise_in_each_partition_break_nothing) {
  for (const char* position : {"trading.pnl:0-4", "trading.pnl:1-2", "trading.pnl:0-9", "trading.pnl:1-3"}) {
    follow(pnl_, position);
  }
  EXPECT_EQ(ledger_.counts().links, 2u);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
}

TEST_F(TradingLedgerTest, a_position_that_comes_again_is_a_break) {
  follow(pnl_, "trading.pnl:0-4");
  follow(pnl_, "trading.pnl:0-4");
  EXPECT_EQ(ledger_.counts().breaks, 1u);
  EXPECT_EQ(ledger_.counts().first_break,
            "connection 0, pnl_update of assessment-1: trading.pnl:0-4 came after trading.pnl:0-4");
}

TEST_F(TradingLedgerTest, a_later_epoch_begins_from_the_front) {
  follow(pnl_, "trading.pnl:0-4");
  follow(pnl_, "trading.pnl:1.0-0");
  EXPECT_EQ(ledger_.counts().breaks, 0u);
}

TEST_F(TradingLedgerTest, a_missing_event_is_a_break_unless_a_gap_was_announced) {
  follow(pnl_, "trading.pnl:0-4", 2);
  EXPECT_EQ(ledger_.counts().breaks, 1u);
  ledger_.announce_gap(0, R"({"type":"gap","assessmentId":"assessment-1","since":"trading.pnl:0-4"})");
  follow(pnl_, "trading.pnl:0-5", 2);
  EXPECT_EQ(ledger_.counts().breaks, 1u);
  EXPECT_EQ(ledger_.counts().gaps, 1u);
  follow(pnl_, "trading.pnl:0-6", 2);
  EXPECT_EQ(ledger_.counts().breaks, 2u);
}

TEST_F(TradingLedgerTest, a_missing_price_was_superseded) {
  follow(price_, "market-data.prices:0-4", 3);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
  EXPECT_EQ(ledger_.counts().conflated, 3u);
}

TEST_F(TradingLedgerTest, who_comes_back_names_the_newest_of_each_partition) {
  EXPECT_EQ(ledger_.come_back(0), "");
  follow(pnl_, "trading.pnl:0-4");
  follow(pnl_, "trading.pnl:0-5");
  follow(price_, "market-data.prices:2-7");
  EXPECT_EQ(ledger_.come_back(0), "trading.pnl:0-5,market-data.prices:2-7");
  EXPECT_EQ(ledger_.counts().begun_anew, 1u);
  EXPECT_EQ(ledger_.counts().resumed, 1u);
}

TEST_F(TradingLedgerTest, an_update_without_a_position_proves_nothing) {
  ledger_.follow(pnl_, R"({"type":"pnl_update"})", 0);
  EXPECT_EQ(ledger_.counts().without_meta, 1u);
}

}  // namespace
}  // namespace wsf::load
