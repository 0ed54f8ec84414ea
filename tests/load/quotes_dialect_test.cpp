#include "load/quotes_dialect.hpp"

#include "load/securities_choice.hpp"
#include "load/tally.hpp"
#include "protocol/quote.hpp"
#include "protocol/quotes.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kStart_ns = 1'705'226'400'000'000'000;

LoadOptions of_symbols(std::vector<std::string> symbols, std::uint32_t each, std::uint32_t connections = 3) {
  LoadOptions out;
  out.protocol = LoadProtocol::quotes;
  out.url = ws::parse_url("ws://127.0.0.1:8080/ws/market-data").value();
  out.connections = connections;
  out.securities = choose_securities(symbols).value();
  out.pairs_per_connection = each;
  out.tokens = {"a.b.c", "d.e.f"};
  out.warmup = 1s;
  out.feed = FeedOptions{redis::Options{}, {.rate_per_s = 3, .duration = 11s}};
  return out;
}

TEST(QuotesDialect, subscribes_by_a_message_with_the_token_in_the_url) {
  LoadOptions options = of_symbols({"AAPL", "BRK.B", "T"}, 2);
  const QuotesDialect dialect(options);
  EXPECT_EQ(dialect.request_of(1, {}).url.target, "/ws/market-data?token=d.e.f");
  EXPECT_EQ(dialect.first_message(1, {}), R"({"type":"subscribe","symbols":["T","AAPL"]})");
  options.fields = "all";
  EXPECT_EQ(QuotesDialect(options).request_of_visitor(2).url.target, "/ws/market-data?fields=all&token=a.b.c");
}

TEST(QuotesDialect, five_connections_of_each_user_bring_the_tokens_in_turn) {
  LoadOptions options = of_symbols({"T"}, 1, 10);
  options.tokens.clear();
  options.jwt_secret = "hush";
  options.users = 2;
  const QuotesDialect dialect(options);
  EXPECT_EQ(dialect.request_of(0, {}).url.target, dialect.request_of(8, {}).url.target);
  EXPECT_NE(dialect.request_of(0, {}).url.target, dialect.request_of(9, {}).url.target);
}

TEST(QuotesDialect, tells_quotes_from_the_servers_other_words) {
  const QuotesDialect dialect(of_symbols({"T"}, 1));
  EXPECT_EQ(dialect.kind_of(R"({"type":"quote","symbol":"T"})"), Said::update);
  EXPECT_EQ(dialect.kind_of(R"({"type":"subscribed","symbols":["T"]})"), Said::subscribed);
  EXPECT_EQ(dialect.kind_of(R"({"type":"error","message":"no"})"), Said::refused);
  EXPECT_EQ(dialect.kind_of(protocol::kQuotesHeartbeat), Said::other);
}

TEST(QuotesDialect, its_script_publishes_a_quote_of_each_symbol_in_turn_on_its_channel) {
  const QuotesDialect dialect(of_symbols({"AAPL", "MSFT", "T"}, 2));
  const auto channels = dialect.topics();
  std::uint32_t number = 0;
  const auto put = [&](const Outgoing& event) {
    EXPECT_EQ(event.marked_key, number % 3);
    EXPECT_EQ(event.mark->seq, number / 3);
    EXPECT_EQ(event.mark->due_ns, kStart_ns + (std::int64_t{number} * 1'000'000'000 + 1) / 3);
    const std::string_view symbol = *protocol::symbol_of_channel(channels[event.topic]);
    EXPECT_EQ(symbol, dialect.name_of(event.marked_key));
    EXPECT_TRUE(std::holds_alternative<protocol::QuoteEvent>(protocol::parse_quote(event.text, symbol, 1000)));
    number++;
    return true;
  };
  const auto script = dialect.make_script({.rate_per_s = 3, .duration = 11s}, put, kStart_ns);
  EXPECT_EQ(script->loop().step(60s), std::nullopt);
  EXPECT_EQ(number, 33u);
  EXPECT_EQ(script->due(1s, 60s), (std::vector<std::uint64_t>{10, 10, 10}));
}

TEST(QuotesDialect, publishes_nothing_that_nobody_asks_for) {
  LoadOptions options = of_symbols({"50"}, 5, 2);
  EXPECT_EQ(QuotesDialect(options).topics().size(), 10u);
  options.pair_choice = KeyChoice::by_chance;
  const QuotesDialect any(options);
  EXPECT_LE(any.topics().size(), 10u);
  for (std::uint32_t key = 0; key < any.plan().keys; key++) {
    EXPECT_TRUE(any.plan().slot_of(0, key) || any.plan().slot_of(1, key)) << any.name_of(key);
  }
}

// The tally of a client with one symbol of two, whose run has begun.
class TallyOfQuotes : public testing::Test {
 protected:
  TallyOfQuotes() {
    window_.to_ns = kStart_ns + 11'000'000'000;
    window_.from_ns = kStart_ns + 1'000'000'000;
  }

  void deliver(std::uint32_t round, std::uint32_t symbol = 0) {
    const QuoteValues values = turns_.values(round, symbol, kStart_ns);
    protocol::Quote quote;
    quote.price = fmt::format("{}", values.number(protocol::QuoteField::price));
    quote.time_ms = values.time_ms;
    std::string text;
    protocol::append_quote(text, turns_.symbol(symbol), quote, {});
    tally_.deliver(0, text, kStart_ns + turns_.due(round, symbol).count() + 5'000'000);
  }

  const QuotesDialect dialect_{of_symbols({"AAPL", "MSFT"}, 1, 2)};
  const QuoteTurns turns_{
      {.securities = choose_securities({"AAPL", "MSFT"}).value(), .rate_per_s = 3, .duration = 11s}};
  Window window_;
  RunFilter filter_{"r"};
  Tally tally_{dialect_, window_, filter_, {.warmup = 1s}};
};

TEST_F(TallyOfQuotes, counts_those_of_the_window_and_compares_the_newest_with_the_last_published) {
  for (std::uint32_t round = 0; round < turns_.rounds(0); round++) {
    EXPECT_EQ(dialect_.compare_states({}, {tally_.states()}, kStart_ns).of_readers.equal, 0u);
    deliver(round);
  }
  EXPECT_EQ(turns_.rounds(0), 17u);
  EXPECT_EQ(tally_.received(0), 15u);  // those at 0 and at 0.67 s came before
  EXPECT_NEAR(static_cast<double>(tally_.latency_ns().max()), 5e6, 1e5);
  const DocumentsOutcome last = dialect_.compare_states({}, {tally_.states()}, kStart_ns);
  EXPECT_EQ(last.of_readers.compared, 1u);  // the other client has had nothing at all: it counts as lost
  EXPECT_EQ(last.of_readers.equal, 1u);
}

TEST_F(TallyOfQuotes, counts_what_came_twice_or_to_the_wrong_client) {
  deliver(0);
  deliver(0);
  deliver(0, 1);
  EXPECT_EQ(tally_.counts().duplicates, 1u);
  EXPECT_EQ(tally_.counts().unexpected, 1u);
  EXPECT_EQ(tally_.chains()->breaks, 2u);
}

}  // namespace
}  // namespace wsf::load
