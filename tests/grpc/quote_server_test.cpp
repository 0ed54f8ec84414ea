#include "grpc/quote_server.hpp"

#include "base/exit_codes.hpp"
#include "fake_desk.hpp"
#include "fakes/scratch_folder.hpp"
#include "fakes/test_certificates.hpp"
#include "grpc/quote_upstream.hpp"
#include "recording_sink.hpp"
#include "stream_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace wsf::grpc {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct QuoteServerTest : ::testing::Test {
  static QuoteServerOptions any_port() { return {.port = 0}; }
  static bool post(QuoteServer& server, const std::string& symbol, const std::string& price) {
    return server.post(std::make_shared<const std::vector<protocol::QuoteEvent>>(
        1, protocol::QuoteEvent{.symbol = symbol, .quote = {.price = price}, .given = {}}));
  }
  ClientOptions client(const QuoteServer& server) const { return {.port = server.port()}; }

  FakeDesk desk;
};

TEST_F(QuoteServerTest, two_streams_share_what_both_want) {
  QuoteServer server(any_port(), desk);
  StreamClient one(client(server)), other(client(server));
  one.ask("subscribe", {"AAPL"});
  other.ask("subscribe", {"AAPL", "MSFT"});
  ASSERT_TRUE(becomes([&] { return server.counters().streams.subscriptions.value() == 3; }));
  EXPECT_TRUE(desk.wait_for_wanted({"AAPL", "MSFT"}));
  post(server, "AAPL", "150.25");
  post(server, "TSLA", "1");
  post(server, "MSFT", "2");
  post(server, "AAPL", "150.5");
  EXPECT_THAT(one.next(2), ElementsAre("AAPL 150.25", "AAPL 150.5"));
  EXPECT_THAT(other.next(3), ElementsAre("AAPL 150.25", "MSFT 2", "AAPL 150.5"));
  EXPECT_EQ(server.counters().streams.quotes_sent.value(), 5U);
}

TEST_F(QuoteServerTest, a_burst_arrives_whole_and_in_order) {
  QuoteServer server(any_port(), desk);
  StreamClient stream(client(server));
  stream.ask("subscribe", {"AAPL"});
  ASSERT_TRUE(desk.wait_for_wanted({"AAPL"}));
  std::vector<protocol::QuoteEvent> burst;
  std::vector<std::string> expected;
  for (int price = 1; price <= 1'000; ++price) {
    const std::string text = std::to_string(price);
    burst.push_back({.symbol = "AAPL", .quote = {.price = text}, .given = {}});
    expected.push_back("AAPL " + text);
  }
  server.post(std::make_shared<const std::vector<protocol::QuoteEvent>>(burst));
  EXPECT_EQ(stream.next(burst.size()), expected);
}

TEST_F(QuoteServerTest, a_half_close_ends_the_stream_with_ok) {
  QuoteServer server(any_port(), desk);
  StreamClient stream(client(server));
  stream.ask("subscribe", {"AAPL"});
  ASSERT_TRUE(desk.wait_for_wanted({"AAPL"}));
  stream.half_close();
  EXPECT_EQ(stream.finish(), "0 ");
  EXPECT_TRUE(desk.wait_for_wanted({}));
}

TEST_F(QuoteServerTest, a_client_that_goes_away_leaves_nothing_behind) {
  QuoteServer server(any_port(), desk);
  {
    StreamClient stream(client(server));
    stream.ask("subscribe", {"AAPL"});
    ASSERT_TRUE(desk.wait_for_wanted({"AAPL"}));
  }
  EXPECT_TRUE(desk.wait_for_wanted({}));
  EXPECT_TRUE(becomes([&] { return server.counters().streams.streams.value() == 0; }));
}

TEST_F(QuoteServerTest, errors_are_told_on_the_stream_which_goes_on) {
  QuoteServer server(any_port(), desk);
  StreamClient stream({.port = server.port(), .token = "only AAPL"});
  stream.ask("subscribe", {"MSFT", "none", "AAPL"});
  EXPECT_EQ(stream.next(), "error MSFT: Symbol MSFT not allowed for your subscription");
  EXPECT_EQ(stream.next(), "error none: Invalid symbol: none");
  ASSERT_TRUE(desk.wait_for_wanted({"AAPL"}));
  post(server, "AAPL", "1");
  EXPECT_EQ(stream.next(), "AAPL 1");
}

TEST_F(QuoteServerTest, what_is_no_message_ends_the_stream) {
  QuoteServer server(any_port(), desk);
  StreamClient stream(client(server));
  stream.ask_raw("\x0a\xff");
  EXPECT_EQ(stream.finish(), "3 not a StreamQuotesRequest");
}

TEST_F(QuoteServerTest, a_request_that_is_too_long_ends_the_stream) {
  auto options = any_port();
  options.max_message_bytes = 1'000;
  QuoteServer server(options, desk);
  StreamClient stream(client(server));
  stream.ask("subscribe", std::vector<std::string>(200, "SYMBOL"));
  EXPECT_THAT(stream.finish(), HasSubstr("8 Received message larger than max"));
}

TEST_F(QuoteServerTest, a_quiet_stream_hears_heartbeats) {
  auto options = any_port();
  options.limits.heartbeat = 1ms;
  QuoteServer server(options, desk);
  StreamClient stream(client(server));
  EXPECT_THAT(stream.next(2), ElementsAre("heartbeat", "heartbeat"));
}

TEST_F(QuoteServerTest, who_reads_nothing_gets_the_newest_and_then_the_end) {
  auto options = any_port();
  options.limits.outbox = {.outbox_bytes = 4'000, .conflate_age_ms = 50, .outbox_age_ms = 1'000};
  QuoteServer server(options, desk);
  StreamClient slow(client(server)), quick(client(server));
  for (auto* stream : {&slow, &quick}) stream->ask("subscribe", {"AAPL"});
  const StreamCounters& counters = server.counters().streams;
  ASSERT_TRUE(becomes([&] { return counters.subscriptions.value() == 2; }));
  const auto push = [&](const auto& condition) {
    return becomes([&] {
      if (post(server, "AAPL", "1")) quick.next();
      return condition();
    });
  };
  ASSERT_TRUE(push([&] { return counters.conflated.value() > 0; }));
  ASSERT_TRUE(push([&] { return counters.slow_closed.value() == 1; }));
  EXPECT_EQ(slow.finish(), "8 slow consumer");
  EXPECT_EQ(counters.streams.value(), 1);
}

TEST_F(QuoteServerTest, a_peer_keeps_its_place_while_its_stream_stands) {
  QuoteServer server(any_port(), desk);
  EXPECT_THAT(StreamClient({.port = server.port(), .user = "crowd"}).finish(),
              HasSubstr("8 connection limit per user"));
  EXPECT_EQ(server.counters().without_seat, 1U);
  StreamClient one(client(server));
  EXPECT_TRUE(becomes([&] { return desk.seated() == 1; }));
  one.half_close();
  EXPECT_TRUE(becomes([&] { return desk.seated() == 0; }));
}

TEST_F(QuoteServerTest, a_stream_too_many_is_refused) {
  auto options = any_port();
  options.max_streams = 1;
  QuoteServer server(options, desk);
  StreamClient one(client(server));
  ASSERT_TRUE(becomes([&] { return server.counters().streams.streams.value() == 1; }));
  EXPECT_THAT(StreamClient(client(server)).finish(), HasSubstr("8 too many streams"));
  EXPECT_EQ(server.counters().over_limit, 1U);
  one.half_close();
  EXPECT_EQ(one.finish(), "0 ");
  EXPECT_TRUE(becomes([&] {
    StreamClient again(client(server));
    again.half_close();
    return again.finish() == "0 ";
  }));
}

TEST_F(QuoteServerTest, who_is_not_known_is_refused) {
  QuoteServer server(any_port(), desk);
  const ClientOptions stranger{.port = server.port(), .token = "none"};
  EXPECT_EQ(StreamClient(stranger).finish(), "16 no such token");
  EXPECT_EQ(get_market_data(stranger, "AAPL"), "16 no such token");
  EXPECT_EQ(server.counters().unauthenticated, 2U);
}

TEST_F(QuoteServerTest, the_last_quote_is_there_for_who_asks) {
  desk.know("AAPL", {"150.25", "-1", "-0.5", 17});
  desk.know("MSFT", {"2", "0", "0", 18});
  QuoteServer server(any_port(), desk);
  EXPECT_EQ(get_market_data(client(server), "AAPL"), "AAPL 150.25 -1 -0.5 17");
  EXPECT_THAT(get_market_data(client(server), "TSLA"), HasSubstr("5 no quote"));
  EXPECT_EQ(get_batch(client(server), {"MSFT", "TSLA", "AAPL"}), "MSFT AAPL");
  const ClientOptions restricted{.port = server.port(), .token = "only AAPL"};
  EXPECT_THAT(get_market_data(restricted, "MSFT"), HasSubstr("7 Symbol MSFT not allowed"));
  EXPECT_EQ(get_batch(restricted, {"MSFT", "AAPL"}), "AAPL");
  EXPECT_THAT(get_batch(client(server), std::vector<std::string>(1'001, "A")), HasSubstr("3 more than 1000"));
}

TEST_F(QuoteServerTest, its_health_is_what_it_was_told) {
  QuoteServer server(any_port(), desk);
  EXPECT_EQ(health(client(server), ""), "not serving");
  server.set_serving(true);
  EXPECT_EQ(health(client(server), ""), "serving");
  EXPECT_EQ(health(client(server), "MarketDataService"), "serving");
  EXPECT_THAT(health(client(server), "Other"), HasSubstr("5 "));
}

// More than fits into the windows of a connection that nobody reads.
TEST_F(QuoteServerTest, a_flush_waits_for_a_peer_that_reads_late_so_that_the_end_costs_it_nothing) {
  constexpr std::size_t kQuotes = 5'000;
  auto options = any_port();
  options.limits.outbox = {.outbox_bytes = 64U << 20, .conflate_age_ms = 600'000, .outbox_age_ms = 600'000};
  QuoteServer server(options, desk);
  StreamClient stream(client(server));
  stream.ask("subscribe", {"AAPL"});
  ASSERT_TRUE(desk.wait_for_wanted({"AAPL"}));
  for (std::size_t i = 0; i < kQuotes; ++i) ASSERT_TRUE(becomes([&] { return post(server, "AAPL", "1"); }));
  EXPECT_FALSE(server.flush(20ms));
  auto flushed = std::async(std::launch::async, [&] { return server.flush(60s); });
  EXPECT_EQ(stream.next(kQuotes), std::vector<std::string>(kQuotes, "AAPL 1"));
  EXPECT_TRUE(flushed.get());
  server.stop(20s);
  EXPECT_EQ(stream.finish(), "14 service restart");
}

TEST_F(QuoteServerTest, a_drain_ends_all_streams_and_lets_no_new_ones_in) {
  QuoteServer server(any_port(), desk);
  StreamClient one(client(server)), other(client(server));
  ASSERT_TRUE(becomes([&] { return server.counters().streams.streams.value() == 2; }));
  server.drain(100ms);
  EXPECT_EQ(one.finish(), "14 service restart");
  EXPECT_EQ(other.finish(), "14 service restart");
  EXPECT_EQ(StreamClient(client(server)).finish(), "14 service restart");
}

TEST_F(QuoteServerTest, a_stop_tells_who_is_there_and_does_not_wait_for_who_does_not_listen) {
  QuoteServer server(any_port(), desk);
  StreamClient stream(client(server));
  stream.ask("subscribe", {"AAPL"});
  ASSERT_TRUE(desk.wait_for_wanted({"AAPL"}));
  server.stop(20s);
  EXPECT_EQ(stream.finish(), "14 service restart");
  EXPECT_TRUE(desk.wanted().empty());
}

TEST_F(QuoteServerTest, a_port_that_is_taken_is_told_of) {
  QuoteServer server(any_port(), desk);
  EXPECT_THROW(QuoteServer({.port = server.port()}, desk), base::StartupError);
}

TEST_F(QuoteServerTest, speaks_tls_where_it_has_a_certificate) {
  const ScratchFolder folder;
  const TestAuthority authority;
  const auto pem = authority.sign();
  auto options = any_port();
  options.tls_cert = folder.file("cert.pem");
  write_file(options.tls_cert, pem.certificate);
  EXPECT_THROW(QuoteServer(options, desk), base::StartupError);
  write_file(options.tls_cert, pem.certificate + pem.key);
  QuoteServer server(options, desk);
  EXPECT_EQ(health({.port = server.port(), .roots = authority.certificate()}, ""), "not serving");
  EXPECT_THAT(health(client(server), ""), HasSubstr("14 "));
}

TEST_F(QuoteServerTest, a_certificate_that_is_replaced_is_taken_over) {
  const ScratchFolder folder;
  const TestAuthority first, second;
  auto options = any_port();
  options.tls_cert = folder.file("cert.pem");
  const auto put = [&](const auto& pem) { write_file(options.tls_cert, pem.certificate + pem.key); };
  put(first.sign());
  QuoteServer server(options, desk);
  EXPECT_EQ(health({.port = server.port(), .roots = first.certificate()}, ""), "not serving");
  put(second.sign());
  EXPECT_TRUE(
      becomes([&] { return health({.port = server.port(), .roots = second.certificate()}, "") == "not serving"; }));
}

TEST_F(QuoteServerTest, a_quote_upstream_is_a_client_like_any_other) {
  QuoteServer server(any_port(), desk);
  RecordingSink sink;
  QuoteUpstream upstream({.port = server.port(), .settle = 1h}, sink);
  upstream.subscribe("AAPL");
  upstream.subscribe("none");
  ASSERT_TRUE(sink.wait_for_ups(1));
  ASSERT_TRUE(desk.wait_for_wanted({"AAPL"}));
  ASSERT_TRUE(sink.wait_for_texts(1));
  post(server, "AAPL", "150.25");
  ASSERT_TRUE(sink.wait_for_texts(2));
  EXPECT_THAT(sink.texts(), ElementsAre("refused none: Invalid symbol: none", "AAPL 150.25"));
  server.stop(20s);
  ASSERT_TRUE(sink.wait_for_downs(1));
  EXPECT_EQ(sink.whys().front(), "UNAVAILABLE: service restart");
}

}  // namespace
}  // namespace wsf::grpc
