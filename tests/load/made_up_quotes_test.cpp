#include "load/made_up_quotes.hpp"

#include "load/paced_quotes.hpp"
#include "protocol/quote.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Le;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::int64_t kTime_ms = 1'761'561'000'000;  // 2025-10-27T10:30:00Z
constexpr std::size_t kMaxEvent = 65'536;
const std::vector<market::Security> kTwo{{"AAPL", 150.25}, {"BRK.B", 347.20}};

std::string one(MadeUpQuotes& quotes, std::size_t security) {
  std::string text;
  quotes.append_one(text, security, kTime_ms);
  return text;
}

std::string some(MadeUpQuotes& quotes) {
  std::string text;
  quotes.append_some(text, kTime_ms);
  return text;
}

std::vector<protocol::QuoteEvent> read(const std::string& updates) {
  return std::get<protocol::PriceUpdates>(protocol::parse_price_updates(updates, kMaxEvent)).quotes;
}

TEST(made_up_quotes, a_quote_is_what_the_server_reads) {
  MadeUpQuotes quotes(kTwo, 7);
  const auto read = protocol::parse_quote(one(quotes, 1), "BRK.B", kMaxEvent);
  const auto event = std::get<protocol::QuoteEvent>(read);
  EXPECT_EQ(event.symbol, "BRK.B");
  EXPECT_EQ(event.given, protocol::QuoteFields::all());
  EXPECT_EQ(event.quote.time_ms, kTime_ms);
  EXPECT_THAT(std::stod(event.quote.price), AllOf(Ge(343.72), Le(350.68)));
  EXPECT_NEAR(std::stod(event.quote.change), std::stod(event.quote.price) - 347.20, 0.006);
  EXPECT_NEAR(std::stod(event.quote.change_percent), std::stod(event.quote.change) / 3.4720, 0.006);
}

TEST(made_up_quotes, what_moves_together_is_some_of_all_by_symbol) {
  MadeUpQuotes quotes(kTwo, 7);
  bool saw_one = false, saw_two = false;
  for (int i = 0; i < 20; ++i) {
    const auto events = read(some(quotes));
    saw_one = saw_one || events.size() == 1;
    saw_two = saw_two || events.size() == 2;
    for (const auto& event : events) EXPECT_EQ(event.given, protocol::QuoteFields::all());
  }
  EXPECT_TRUE(saw_one && saw_two);
}

TEST(made_up_quotes, the_same_seed_makes_the_same_quotes) {
  MadeUpQuotes first(kTwo, 7), again(kTwo, 7), other(kTwo, 8);
  const auto text = one(first, 0) + some(first) + some(first);
  EXPECT_EQ(text, one(again, 0) + some(again) + some(again));
  EXPECT_NE(text, one(other, 0) + some(other) + some(other));
}

TEST(made_up_quotes, no_event_is_larger_than_a_server_takes) {
  std::vector<market::Security> many;
  for (int i = 0; i < 5000; ++i) many.push_back({"X-" + std::to_string(1'000'000'000'000 + i).substr(0, 13), 1e9});
  MadeUpQuotes quotes(many, 7);
  for (int i = 0; i < 20; ++i) EXPECT_LE(some(quotes).size(), kMaxEvent);
}

struct KeptQuotes : QuotesOutput {
  bool open = true;
  std::vector<std::string> channels, texts;

  bool put_quote(std::string_view channel, std::string_view payload) override {
    channels.emplace_back(channel);
    texts.emplace_back(payload);
    return open;
  }
};

TEST(paced_quotes, symbols_take_turns_each_on_its_own_channel) {
  KeptQuotes output;
  PacedQuotes publisher({.securities = kTwo, .pace = {.rate_per_s = 10, .count = 3}}, output, kTime_ms * 1'000'000);
  EXPECT_EQ(publisher.step(1s), std::nullopt);
  EXPECT_THAT(output.channels, ElementsAre("quote:AAPL", "quote:BRK.B", "quote:AAPL"));
  EXPECT_THAT(output.texts[1], StartsWith(R"({"symbol":"BRK.B","price":)"));
}

TEST(paced_quotes, what_moved_together_has_one_channel) {
  KeptQuotes output;
  PacedQuotes publisher({.shape = PacedQuotesPlan::Shape::some_together, .securities = kTwo, .pace = {.count = 2}},
                        output, kTime_ms * 1'000'000);
  publisher.step(1s);
  EXPECT_THAT(output.channels, ElementsAre("price_updates", "price_updates"));
}

TEST(paced_quotes, what_was_refused_is_offered_again_as_it_was) {
  KeptQuotes output;
  PacedQuotes publisher({.securities = kTwo, .pace = {.count = 1}}, output, kTime_ms * 1'000'000);
  output.open = false;
  publisher.step(0s);
  output.open = true;
  publisher.step(1s);
  ASSERT_THAT(output.texts, SizeIs(2));
  EXPECT_EQ(output.texts[0], output.texts[1]);
}

}  // namespace
}  // namespace wsf::load
