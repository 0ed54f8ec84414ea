#include "grpc/quote_messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <market_data.pb.h>

#include <limits>

namespace wsf::grpc {
namespace {

using ::testing::ElementsAre;

::StreamQuotesResponse quote() {
  ::StreamQuotesResponse out;
  out.set_symbol("AAPL");
  out.set_price(150.25);
  out.set_type("quote");
  return out;
}

template <class Change>
Unusable cause_of(Change change) {
  auto response = quote();
  change(response);
  return std::get<Unusable>(news_of(response));
}

TEST(quote_messages, numbers_become_the_shortest_text_that_reads_back_the_same) {
  auto response = quote();
  response.set_change(-0.1);
  response.set_change_percent(1e-7);
  response.set_timestamp(1761561000000);
  const auto event = std::get<protocol::QuoteEvent>(news_of(response));
  EXPECT_EQ(event.symbol, "AAPL");
  EXPECT_EQ(event.quote, (protocol::Quote{"150.25", "-0.1", "1e-07", 1761561000000}));
  EXPECT_EQ(event.given, protocol::QuoteFields::all());
}

TEST(quote_messages, a_timestamp_of_0_is_none) {
  EXPECT_FALSE(std::get<protocol::QuoteEvent>(news_of(quote())).given.has(protocol::QuoteField::time));
}

TEST(quote_messages, what_is_no_quote_is_told_by_its_cause) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(cause_of([](auto& r) { r.set_symbol(""); }), Unusable::bad_symbol);
  EXPECT_EQ(cause_of([](auto& r) { r.set_symbol("aapl"); }), Unusable::bad_symbol);
  EXPECT_EQ(cause_of([](auto& r) { r.set_price(0); }), Unusable::bad_quote);
  EXPECT_EQ(cause_of([&](auto& r) { r.set_price(kInfinity); }), Unusable::bad_quote);
  EXPECT_EQ(cause_of([&](auto& r) { r.set_change(-kInfinity); }), Unusable::bad_quote);
  EXPECT_EQ(cause_of([](auto& r) { r.set_timestamp(-1); }), Unusable::bad_quote);
  EXPECT_EQ(cause_of([](auto& r) { r.set_type("news"); }), Unusable::unknown_type);
}

TEST(quote_messages, errors_and_heartbeats_are_told_apart) {
  ::StreamQuotesResponse response;
  response.ParseFromString(encode_error("AAPL", "no"));
  const auto refused = std::get<Refused>(news_of(response));
  EXPECT_EQ(refused.symbol + ":" + refused.message, "AAPL:no");
  response.ParseFromString(encode_heartbeat());
  EXPECT_TRUE(std::holds_alternative<Heartbeat>(news_of(response)));
}

TEST(quote_messages, a_quote_goes_through_both_ways_as_it_was) {
  ::StreamQuotesResponse response;
  response.ParseFromString(encode_quote({.symbol = "BRK.B", .quote = {"467.1", "-1.5", "-0.32", 17}, .given = {}}));
  EXPECT_EQ(response.type(), "quote");
  EXPECT_EQ(std::get<protocol::QuoteEvent>(news_of(response)).quote, (protocol::Quote{"467.1", "-1.5", "-0.32", 17}));
}

TEST(quote_messages, requests_are_read_as_they_came) {
  ::StreamQuotesRequest request;
  request.set_action("subscribe");
  request.add_symbols("AAPL");
  request.add_symbols("no symbol");
  const auto read = parse_stream_request(request.SerializeAsString());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->action, "subscribe");
  EXPECT_THAT(read->symbols, ElementsAre("AAPL", "no symbol"));
  EXPECT_FALSE(parse_stream_request("\x0a\xff"));
  EXPECT_FALSE(parse_stream_request("\x0a\x01\xff"));  // no UTF-8
}

}  // namespace
}  // namespace wsf::grpc
