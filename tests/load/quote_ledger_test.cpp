#include "load/quote_ledger.hpp"

#include "protocol/quotes.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using protocol::QuoteField;
using protocol::QuoteFields;

constexpr std::int64_t kStart_ns = 1'705'226'400'000'000'000;
constexpr std::int64_t kSoonNs = 5'000'000;

QuoteFields usual_fields() {
  QuoteFields out;
  out.add(QuoteField::price);
  out.add(QuoteField::time);
  return out;
}

// One client with two of three symbols, of each of which there is a quote a second.
class QuoteLedgerTest : public testing::Test {
 protected:
  std::int64_t due_ns(std::uint32_t round, std::uint32_t symbol) const {
    return kStart_ns + turns_.due(round, symbol).count();
  }
  std::string text(std::uint32_t round, std::uint32_t symbol) const {
    const QuoteValues values = turns_.values(round, symbol, kStart_ns);
    protocol::Quote quote;
    quote.price = fmt::format("{}", values.number(QuoteField::price));
    quote.time_ms = values.time_ms;
    std::string out;
    protocol::append_quote(out, turns_.symbol(symbol), quote, {});
    return out;
  }
  std::vector<ReachedEvent> take(const std::string& text, std::int64_t now_ns) {
    const auto out = ledger_.take(0, text, now_ns, kStart_ns);
    return {out.begin(), out.end()};
  }
  std::vector<ReachedEvent> take(std::uint32_t round, std::uint32_t symbol, std::int64_t late_ns = kSoonNs) {
    return take(text(round, symbol), due_ns(round, symbol) + late_ns);
  }
  void expect_break(std::string_view why) {
    EXPECT_EQ(ledger_.counts().breaks, 1u);
    EXPECT_NE(ledger_.counts().first_break.find(why), std::string::npos) << ledger_.counts().first_break;
  }
  QuoteDocument published(std::uint32_t round) const {
    QuoteDocument out;
    for (std::uint32_t symbol = 0; symbol < 3; symbol++) out.push_back(turns_.values(round, symbol, kStart_ns));
    return out;
  }

  const Plan plan_{.connections = 1, .keys = 3, .per_connection = 2};
  const QuoteTurns turns_{
      {.securities = {{"AAPL", 150.25}, {"MSFT", 378.9}, {"T", 15.6}}, .rate_per_s = 3, .duration = 60s}};
  QuoteLedger ledger_{turns_, usual_fields(), Share{plan_}};
};

TEST_F(QuoteLedgerTest, a_quote_counts_from_when_it_was_due) {
  const auto reached = take(0, 1);
  ASSERT_EQ(reached.size(), 1u);
  EXPECT_EQ(reached[0].key, 1u);
  EXPECT_EQ(reached[0].due_ns, due_ns(0, 1));
  EXPECT_FALSE(reached[0].superseded);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
}

TEST_F(QuoteLedgerTest, one_that_is_skipped_on_a_line_that_is_not_slow_is_lost) {
  take(0, 0);
  EXPECT_EQ(take(2, 0).size(), 1u);
  expect_break("quote 1 of AAPL never came");
}

TEST_F(QuoteLedgerTest, those_that_are_skipped_on_a_slow_line_were_superseded) {
  take(0, 0);
  take(0, 1, 2'500'000'000);
  const auto reached = take(3, 0);
  ASSERT_EQ(reached.size(), 3u);
  EXPECT_EQ(reached[0].number, 1u);
  EXPECT_TRUE(reached[0].superseded && reached[1].superseded && !reached[2].superseded);
  EXPECT_EQ(ledger_.counts().conflated, 2u);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
}

TEST_F(QuoteLedgerTest, a_line_that_was_slow_before_a_quote_was_due_accounts_for_nothing) {
  take(0, 0, 900'000'000);
  take(2, 0);
  expect_break("quote 1 of AAPL never came");
}

TEST_F(QuoteLedgerTest, one_that_comes_twice_is_a_duplicate) {
  take(0, 0);
  EXPECT_TRUE(take(0, 0).empty());
  EXPECT_EQ(ledger_.odd().duplicates, 1u);
  expect_break("quote 0 of AAPL came twice");
}

TEST_F(QuoteLedgerTest, one_that_comes_after_a_newer_one_is_late) {
  take(0, 0);
  take(1, 0);
  EXPECT_TRUE(take(text(0, 0), due_ns(1, 0) + kSoonNs).empty());
  EXPECT_EQ(ledger_.odd().late, 1u);
  expect_break("quote 0 of AAPL came after 1");
}

TEST_F(QuoteLedgerTest, a_symbol_that_was_not_asked_for_is_unexpected) {
  EXPECT_TRUE(take(0, 2).empty());
  EXPECT_EQ(ledger_.odd().unexpected, 1u);
  expect_break("T was not asked for");
}

TEST_F(QuoteLedgerTest, a_price_that_nobody_has_published_is_a_break) {
  take(R"({"type":"quote","symbol":"AAPL","price":1.5,"timestamp":"2024-01-14T10:00:00Z"})", kStart_ns);
  expect_break("AAPL price is 1.5, which nobody has published");
}

TEST_F(QuoteLedgerTest, so_is_a_price_of_a_quote_that_is_not_due_yet) {
  take(text(5, 0), due_ns(4, 0));
  expect_break("which nobody has published");
}

TEST_F(QuoteLedgerTest, a_time_that_is_not_that_of_its_price_is_a_break) {
  const double price = turns_.values(0, 0, kStart_ns).number(QuoteField::price);
  take(fmt::format(R"({{"type":"quote","symbol":"AAPL","price":{},"timestamp":"2024-01-14T10:00:01Z"}})", price),
       kStart_ns + kSoonNs);
  expect_break("AAPL timestamp is");
}

TEST_F(QuoteLedgerTest, a_field_that_is_missing_is_a_break) {
  const double price = turns_.values(0, 0, kStart_ns).number(QuoteField::price);
  take(fmt::format(R"({{"type":"quote","symbol":"AAPL","price":{}}})", price), kStart_ns + kSoonNs);
  expect_break("AAPL comes with other fields than were asked for");
}

TEST_F(QuoteLedgerTest, what_comes_before_the_run_has_begun_is_nobodys) {
  EXPECT_TRUE(ledger_.take(0, R"({"type":"quote","symbol":"AAPL","price":9})", kStart_ns, std::nullopt).empty());
  EXPECT_EQ(ledger_.counts().breaks, 0u);
  EXPECT_FALSE(ledger_.holds(0));
}

TEST_F(QuoteLedgerTest, tells_where_the_newest_quote_is_not_the_last_one_that_was_published) {
  take(0, 0);
  take(0, 1);
  EXPECT_EQ(ledger_.difference(0, published(0)), std::nullopt);
  take(1, 0);
  const auto difference = ledger_.difference(0, published(1));
  ASSERT_TRUE(difference);
  EXPECT_NE(difference->find("of MSFT price"), std::string::npos) << *difference;
}

}  // namespace
}  // namespace wsf::load
