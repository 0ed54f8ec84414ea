#include "load/document_ledger.hpp"

#include "load/paced_loop.hpp"
#include "protocol/quotes_patch.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using protocol::QuoteField;
using protocol::QuoteFields;

constexpr std::int64_t kStart_ns = 1'705'226'400'000'000'000;
constexpr std::int64_t kNow_ns = kStart_ns + 60'000'000'000;  // every event of the plan is due by then

protocol::QuoteFields fields_of(std::string_view names) {
  return names.empty() ? QuoteFields::all() : protocol::parse_patch_fields(names).value();
}

// One client with two of three symbols, of events that move them all.
class DocumentLedgerTest : public testing::Test {
 protected:
  explicit DocumentLedgerTest(std::string_view fields = "", bool some = false)
      : fields_(fields_of(fields)),
        walk_({.securities = {{"AAPL", 150.25}, {"MSFT", 378.9}, {"T", 15.6}},
               .rate_per_s = 1,
               .duration = 60s,
               .some = some}),
        ledger_(walk_, fields_, Share{plan_}) {}

  std::string op(std::string_view kind, std::uint32_t event, std::uint32_t symbol, bool whole = true) const {
    std::string json;
    walk_.append_json(json, event, symbol, kStart_ns);
    const auto updates =
        protocol::parse_price_updates(fmt::format(R"({{"{}":{}}})", walk_.symbol(symbol), json), 4096);
    const protocol::Quote& quote = std::get<protocol::PriceUpdates>(updates).quotes.at(0).quote;
    std::string out;
    if (whole) {
      protocol::append_add(out, walk_.symbol(symbol), quote, fields_);
    } else {
      const std::string& name = walk_.symbol(symbol);
      protocol::append_change(out, name, quote, protocol::patch_of(name, quote), QuoteFields::all(),
                              {fields_, false});
    }
    return kind == "add" || !whole ? out : out.replace(out.find("add"), 3, kind);
  }
  std::string replaces(std::uint32_t event, std::uint32_t symbol) const {
    return op("replace", event, symbol, false);
  }
  std::string both(std::uint32_t event) const { return replaces(event, 0) + "," + replaces(event, 1); }

  std::vector<ReachedEvent> take(const std::string& operations, std::optional<std::int64_t> start_ns = kStart_ns) {
    const auto out =
        ledger_.take(0, fmt::format(R"({{"type":"quotes_patch","operations":[{}]}})", operations), kNow_ns, start_ns);
    return {out.begin(), out.end()};
  }
  void begin(std::uint32_t event = 0) { take(op("add", event, 0) + "," + op("add", event, 1)); }

  QuoteDocument server(std::uint32_t event) const {
    QuoteDocument out;
    for (std::uint32_t symbol = 0; symbol < 3; symbol++) {
      const QuoteValues all = walk_.values(event, symbol, kStart_ns);
      QuoteValues wanted;
      for (const QuoteField field : kQuoteFields) {
        if (fields_.has(field)) wanted.copy(field, all);
      }
      out.push_back(wanted);
    }
    return out;
  }

  void expect_break(std::string_view why) {
    EXPECT_EQ(ledger_.counts().breaks, 1u);
    EXPECT_NE(ledger_.counts().first_break.find(why), std::string::npos) << ledger_.counts().first_break;
  }

  const Plan plan_{.connections = 1, .keys = 3, .per_connection = 2};
  const QuoteFields fields_;
  const QuoteWalk walk_;
  DocumentLedger ledger_;
};

TEST_F(DocumentLedgerTest, each_event_is_reached_once_and_the_document_follows_it) {
  begin();
  for (std::uint32_t event = 1; event < 5; event++) {
    const auto reached = take(both(event));
    ASSERT_EQ(reached.size(), 1u);
    EXPECT_EQ(reached[0].number, event);
    EXPECT_EQ(reached[0].due_ns, kStart_ns + std::int64_t{event} * 1'000'000'000);
    EXPECT_FALSE(reached[0].superseded);
  }
  EXPECT_TRUE(take(both(4)).empty());
  ledger_.check_all(kStart_ns);
  EXPECT_EQ(ledger_.counts().breaks, 0u) << ledger_.counts().first_break;
  EXPECT_EQ(ledger_.difference(0, server(4)), std::nullopt);
}

TEST_F(DocumentLedgerTest, what_stood_there_before_the_run_is_of_no_event) {
  take(
      R"({"op":"add","path":"/quotes/AAPL","value":{"symbol":"AAPL","current_price":150.25,"change":0,"change_percent":0,"last_updated":"2024-01-01T00:00:00.000Z"}},)" +
          op("add", 3, 1),
      std::nullopt);
  const auto reached = take(both(0));
  ASSERT_EQ(reached.size(), 1u);
  EXPECT_EQ(reached[0].number, 0u);
  EXPECT_EQ(ledger_.counts().breaks, 0u) << ledger_.counts().first_break;
}

TEST_F(DocumentLedgerTest, steps_that_one_message_makes_at_once_are_superseded_not_lost) {
  begin();
  const auto reached = take(both(3));
  ASSERT_EQ(reached.size(), 3u);
  EXPECT_EQ(reached[0].number, 1u);
  EXPECT_TRUE(reached[0].superseded && reached[1].superseded);
  EXPECT_FALSE(reached[2].superseded);
  EXPECT_EQ(ledger_.counts().conflated, 2u);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
}

TEST_F(DocumentLedgerTest, a_symbol_that_an_event_moved_and_that_did_not_come_is_a_break) {
  begin();
  take(replaces(1, 0));
  EXPECT_EQ(ledger_.counts().breaks, 0u);  // the other half may follow
  take(both(2));
  expect_break("connection 0: with event 1 it has");
}

TEST_F(DocumentLedgerTest, so_is_one_that_never_came) {
  begin();
  take(replaces(1, 0));
  ledger_.check_all(kStart_ns);
  expect_break("of MSFT current_price");
}

TEST_F(DocumentLedgerTest, an_event_in_two_messages_is_reached_once_and_whole) {
  begin();
  EXPECT_EQ(take(replaces(1, 0)).size(), 1u);
  EXPECT_TRUE(take(replaces(1, 1)).empty());
  ledger_.check_all(kStart_ns);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
}

TEST_F(DocumentLedgerTest, a_value_that_nobody_published_is_a_break) {
  begin();
  take(R"({"op":"replace","path":"/quotes/AAPL/current_price","value":150.123})");
  expect_break("AAPL current_price is 150.123, which nobody has published");
}

TEST_F(DocumentLedgerTest, going_back_to_an_older_value_is_a_break) {
  begin();
  take(both(2));
  take(replaces(1, 0));
  take(both(3));
  expect_break("with event 2 it has");
}

TEST_F(DocumentLedgerTest, a_replace_of_what_is_not_there_is_a_break) {
  ledger_.take(0, fmt::format(R"({{"type":"quotes_patch","operations":[{}]}})", both(0)), kNow_ns, kStart_ns);
  EXPECT_EQ(ledger_.counts().first_break.find("connection 0: a replace of AAPL current_price, which is not there"),
            0u)
      << ledger_.counts().first_break;
}

TEST_F(DocumentLedgerTest, the_first_message_adds_every_symbol) {
  take(op("add", 0, 0));
  expect_break("the first message adds no MSFT");
  EXPECT_FALSE(ledger_.holds(0));
}

TEST_F(DocumentLedgerTest, a_symbol_that_was_not_asked_for_is_a_break) {
  begin();
  take(replaces(1, 2));
  expect_break("T was not asked for");
}

TEST_F(DocumentLedgerTest, an_add_puts_a_whole_quote_in_the_place_of_another) {
  begin();
  take(op("add", 1, 0) + "," + replaces(1, 1));
  EXPECT_EQ(ledger_.counts().breaks, 0u) << ledger_.counts().first_break;
  EXPECT_EQ(ledger_.difference(0, server(1)), std::nullopt);
}

TEST_F(DocumentLedgerTest, quotes_are_added_and_fields_are_replaced) {
  begin();
  take(op("replace", 1, 0) + "," + replaces(1, 1));
  expect_break("a replace of AAPL as a whole: the protocol adds quotes, and replaces fields");
}

TEST_F(DocumentLedgerTest, an_add_with_other_fields_than_were_asked_for_is_a_break) {
  begin();
  take(R"({"op":"add","path":"/quotes/AAPL","value":{"symbol":"AAPL","current_price":150.25}})", std::nullopt);
  expect_break("AAPL is added with other fields than were asked for");
}

TEST_F(DocumentLedgerTest, a_message_that_is_none_is_a_break_and_changes_nothing) {
  begin();
  take(both(1) + ",{}");
  expect_break("no message of the protocol");
  EXPECT_EQ(ledger_.difference(0, server(0)), std::nullopt);
}

TEST_F(DocumentLedgerTest, a_new_connection_begins_with_an_empty_document_and_misses_nothing) {
  begin();
  ledger_.forget(0);
  EXPECT_FALSE(ledger_.holds(0));
  const auto reached = take(op("add", 4, 0) + "," + op("add", 4, 1));
  EXPECT_EQ(reached.size(), 4u);
  EXPECT_EQ(ledger_.counts().breaks, 0u);
  EXPECT_EQ(ledger_.difference(0, server(4)), std::nullopt);
}

TEST_F(DocumentLedgerTest, a_broken_document_is_told_by_connection_symbol_and_field) {
  begin(7);
  QuoteDocument other = server(7);
  other[1].put(QuoteField::change, 0.5);
  const auto told = ledger_.difference(0, other);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->find("connection 0 has "), 0u);
  EXPECT_NE(told->find("of MSFT change, the server 0.5"), std::string::npos) << *told;
  other[1] = {};
  EXPECT_NE(ledger_.difference(0, other)->find("of MSFT current_price, the server nothing"), std::string::npos);
  other = server(7);
  other[2] = {};
  EXPECT_EQ(ledger_.difference(0, other), std::nullopt);  // not this client's
}

class PricesAlone : public DocumentLedgerTest {
 protected:
  PricesAlone() : DocumentLedgerTest("current_price", true) {}
};

TEST_F(PricesAlone, tell_the_events_as_well) {
  begin();
  std::uint32_t newest = 0;
  for (std::uint32_t event = 1; event < 60; event++) {
    std::string operations = walk_.moves(event, 0) ? replaces(event, 0) : "";
    if (walk_.moves(event, 1)) operations += (operations.empty() ? "" : ",") + replaces(event, 1);
    if (operations.empty()) continue;
    const auto reached = take(operations);
    ASSERT_EQ(reached.size(), 1u);
    EXPECT_EQ(reached[0].number, event);
    newest = event;
  }
  EXPECT_LT(newest, 60u);
  ledger_.check_all(kStart_ns);
  EXPECT_EQ(ledger_.counts().breaks, 0u) << ledger_.counts().first_break;
}

}  // namespace
}  // namespace wsf::load
