#include "load/quotes_patch_dialect.hpp"

#include "load/securities_choice.hpp"
#include "load/tally.hpp"
#include "protocol/quotes_patch.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kStart_ns = 1'705'226'400'000'000'000;

LoadOptions of_symbols(std::vector<std::string> symbols, std::uint32_t each) {
  LoadOptions out;
  out.protocol = LoadProtocol::quotes_patch;
  out.url = ws::parse_url("ws://127.0.0.1:8080/ws/quotes").value();
  out.connections = 3;
  out.securities = choose_securities(symbols).value();
  out.pairs_per_connection = each;
  out.tokens = {"a.b.c"};
  out.warmup = 1s;
  out.feed = FeedOptions{redis::Options{}, {.rate_per_s = 1, .duration = 11s}};
  return out;
}

TEST(QuotesPatchDialect, asks_by_the_url_as_the_protocol_prints_it) {
  LoadOptions options = of_symbols({"AAPL", "BRK.B", "T"}, 2);
  EXPECT_EQ(QuotesPatchDialect(options).request_of(1, {}).url.target, "/ws/quotes?symbols=T,AAPL&token=a.b.c");
  options.fields = "current_price,change";
  options.compact = true;
  EXPECT_EQ(QuotesPatchDialect(options).request_of_visitor(7).url.target,
            "/ws/quotes?symbols=AAPL,BRK.B&fields=current_price,change&compact=1&token=a.b.c");
}

TEST(QuotesPatchDialect, what_is_no_word_of_the_servers_own_must_be_a_patch) {
  const QuotesPatchDialect dialect(of_symbols({"T"}, 1));
  EXPECT_EQ(dialect.kind_of(R"({"type":"quotes_patch","operations":[]})"), Said::update);
  EXPECT_EQ(dialect.kind_of(R"({"type":"error","message":"no"})"), Said::refused);
  EXPECT_EQ(dialect.kind_of("hello"), Said::update);
}

TEST(QuotesPatchDialect, its_script_moves_the_symbols_of_each_event_and_marks_it_beside_the_text) {
  LoadOptions options = of_symbols({"50"}, 5);
  options.moves_some = true;
  const QuotesPatchDialect dialect(options);
  std::vector<std::size_t> moved;
  const auto put = [&](const Outgoing& event) {
    EXPECT_EQ(event.mark->seq, moved.size());
    EXPECT_EQ(event.mark->due_ns, kStart_ns + static_cast<std::int64_t>(moved.size()) * 1'000'000'000);
    const auto updates = protocol::parse_price_updates(event.text, 1 << 20);
    moved.push_back(std::get<protocol::PriceUpdates>(updates).quotes.size());
    return true;
  };
  const auto script = dialect.make_script(options.feed->plan, put, kStart_ns);
  EXPECT_EQ(script->loop().step(60s), std::nullopt);
  EXPECT_EQ(moved.size(), 11u);
  EXPECT_EQ(moved[0], 50u);
  EXPECT_LT(*std::ranges::min_element(moved), 50u);
  EXPECT_EQ(script->due(1s, 60s)[QuotesPatchDialect::kEvents], 10u);
  EXPECT_EQ(dialect.topics(), (std::vector<std::string>{"price_updates"}));
}

TEST(QuotesPatchDialect, a_connection_is_owed_the_events_of_the_window_that_move_one_of_its_symbols) {
  LoadOptions options = of_symbols({"50"}, 5);
  const std::vector<std::uint64_t> ten = {10};
  EXPECT_EQ(QuotesPatchDialect(options).owed_to(0, ten), 10u);
  options.moves_some = true;
  options.pairs_per_connection = 1;
  const QuotesPatchDialect one(options);
  options.pairs_per_connection = 50;
  const QuotesPatchDialect all(options);
  EXPECT_LT(one.owed_to(0, ten) + one.owed_to(1, ten) + one.owed_to(2, ten), 30u);
  EXPECT_EQ(all.owed_to(0, ten), 10u);
}

// The tally of two clients with one symbol, whose run has begun.
class TallyOfDocuments : public testing::Test {
 protected:
  TallyOfDocuments() {
    window_.to_ns = kStart_ns + 11'000'000'000;
    window_.from_ns = kStart_ns + 1'000'000'000;
    for (std::uint32_t client = 0; client < 2; client++) deliver(client, 0);
  }

  void deliver(std::uint32_t client, std::uint32_t event) {
    std::string json, text(protocol::kPatchBegin);
    walk_.append_json(json, event, 0, kStart_ns);
    const std::int64_t now_ns = kStart_ns + std::int64_t{event} * 1'000'000'000 + 5'000'000;
    tally_.deliver(client, text + R"({"op":"add","path":"/quotes/AAPL","value":)" + json + "}]}", now_ns);
  }

  const QuotesPatchDialect dialect_{of_symbols({"AAPL"}, 1)};
  const QuoteWalk walk_{{.securities = {{"AAPL", 150.25}}, .rate_per_s = 1, .duration = 11s}};
  Window window_;
  RunFilter filter_{"r"};
  Tally tally_{dialect_, window_, filter_, {.warmup = 1s}};
};

TEST_F(TallyOfDocuments, an_event_counts_once_for_each_connection_from_its_intended_time) {
  for (std::uint32_t event = 1; event < 11; event++) deliver(0, event);
  EXPECT_EQ(tally_.counts().delivered, 10u);
  EXPECT_EQ(tally_.received(0), 10u);
  EXPECT_EQ(tally_.received(1), 0u);
  EXPECT_NEAR(static_cast<double>(tally_.latency_ns().max()), 5e6, 1e5);
}

TEST_F(TallyOfDocuments, what_was_superseded_arrived_as_late_as_the_newer_one) {
  deliver(0, 3);
  EXPECT_EQ(tally_.counts().delivered, 3u);
  EXPECT_EQ(tally_.counts().superseded, 2u);
  EXPECT_NEAR(static_cast<double>(tally_.latency_ns().max()), 2'005e6, 5e7);
  EXPECT_EQ(tally_.chains()->conflated, 2u);
}

TEST_F(TallyOfDocuments, who_reads_again_after_a_while_counts_for_its_document_alone) {
  const std::string text = R"({"type":"quotes_patch","operations":[{}]})";
  tally_.catch_up(0, text, kStart_ns);
  EXPECT_EQ(tally_.chains()->breaks, 1u);
  EXPECT_EQ(tally_.counts().delivered, 0u);
}

TEST(ChooseSecurities, takes_well_known_ones_by_their_count_or_any_by_name) {
  EXPECT_EQ(choose_securities({"50"})->size(), 50u);
  const auto named = choose_securities({"T", "NEW"}).value();
  EXPECT_EQ(named[0].base_price, 15.6);
  EXPECT_EQ(named[1].base_price, 100);
  EXPECT_EQ(choose_securities({"51"}).error().message, "1 to 50 well-known symbols, or a list of others");
  for (const std::vector<std::string>& bad :
       {std::vector<std::string>{"0"}, {"1.5"}, {"aapl"}, {"T", "T"}, {"T", ""}, {}}) {
    EXPECT_FALSE(choose_securities(bad)) << (bad.empty() ? "" : bad[0]);
  }
}

}  // namespace
}  // namespace wsf::load
