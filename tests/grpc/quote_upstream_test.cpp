#include "grpc/quote_upstream.hpp"

#include "base/exit_codes.hpp"
#include "fakes/scratch_folder.hpp"
#include "fakes/test_certificates.hpp"
#include "recording_sink.hpp"
#include "scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::grpc {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kInvalidArgument = 3, kUnauthenticated = 16;  // of gRPC's status codes

struct QuoteUpstreamTest : ::testing::Test {
  RecordingSink sink;
  ScriptedServer server;
};

TEST_F(QuoteUpstreamTest, brings_the_quotes_of_its_symbols_in_order) {
  QuoteUpstream upstream(server.options(), sink);
  upstream.subscribe("AAPL");
  ASSERT_TRUE(server.wait_for_requests(1));
  for (int i = 1; i <= 3; ++i) server.quote("AAPL", i + 0.25);
  ASSERT_TRUE(sink.wait_for_texts(3));
  EXPECT_THAT(server.requests(), ElementsAre("subscribe AAPL"));
  EXPECT_THAT(sink.texts(), ElementsAre("AAPL 1.25", "AAPL 2.25", "AAPL 3.25"));
  EXPECT_EQ(upstream.counters().quotes, 3U);
  EXPECT_TRUE(upstream.up());
}

TEST_F(QuoteUpstreamTest, is_up_although_the_server_says_nothing) {
  QuoteUpstream upstream(server.options(), sink);
  EXPECT_TRUE(sink.wait_for_ups(1));
}

TEST_F(QuoteUpstreamTest, is_up_as_soon_as_the_server_sends_its_headers) {
  server.greet();
  auto options = server.options();
  options.settle = 1h;
  QuoteUpstream upstream(options, sink);
  EXPECT_TRUE(sink.wait_for_ups(1));
}

TEST_F(QuoteUpstreamTest, what_changes_while_a_request_goes_out_goes_out_together) {
  server.stop();
  QuoteUpstream upstream(server.options(), sink);
  for (int i = 0; i < 100; ++i) upstream.subscribe("S" + std::to_string(i));
  upstream.unsubscribe("S7");
  server.start();
  ASSERT_TRUE(sink.wait_for_ups(1));
  ASSERT_TRUE(server.wait_for_requests(1));
  EXPECT_THAT(server.requests().back(), AllOf(HasSubstr("S99"), Not(HasSubstr("S7,"))));
  EXPECT_EQ(upstream.counters().asked, 99U);
}

TEST_F(QuoteUpstreamTest, holds_a_symbol_until_its_last_user_leaves) {
  QuoteUpstream upstream(server.options(), sink);
  upstream.subscribe("AAPL");
  upstream.subscribe("AAPL");
  ASSERT_TRUE(server.wait_for_requests(1));
  upstream.unsubscribe("AAPL");
  upstream.subscribe("MSFT");
  ASSERT_TRUE(server.wait_for_requests(2));
  upstream.unsubscribe("AAPL");
  ASSERT_TRUE(server.wait_for_requests(3));
  EXPECT_THAT(server.requests(), ElementsAre("subscribe AAPL", "subscribe MSFT", "unsubscribe AAPL"));
}

TEST_F(QuoteUpstreamTest, asks_again_for_all_symbols_when_the_server_is_back) {
  QuoteUpstream upstream(server.options(), sink);
  upstream.subscribe("AAPL");
  ASSERT_TRUE(server.wait_for_requests(1));
  ASSERT_TRUE(sink.wait_for_ups(1));
  server.stop();
  ASSERT_TRUE(sink.wait_for_downs(2));
  EXPECT_FALSE(upstream.up());
  EXPECT_THAT(sink.whys().back(), AllOf(HasSubstr("UNAVAILABLE"), HasSubstr("Connection refused")));
  upstream.subscribe("MSFT");
  server.start();
  ASSERT_TRUE(sink.wait_for_ups(2));
  ASSERT_TRUE(server.wait_for_requests(2));
  EXPECT_EQ(server.requests().back(), "subscribe AAPL,MSFT");
  server.quote("MSFT", 2);
  EXPECT_TRUE(sink.wait_for_texts(1));
  EXPECT_EQ(upstream.counters().streams, 2U);
}

TEST_F(QuoteUpstreamTest, opens_another_stream_when_the_server_ends_one) {
  QuoteUpstream upstream(server.options(), sink);
  ASSERT_TRUE(sink.wait_for_ups(1));
  server.end_stream();
  ASSERT_TRUE(sink.wait_for_downs(1));
  EXPECT_EQ(sink.whys().front(), "the server ended the stream");
  EXPECT_TRUE(sink.wait_for_ups(2));
}

TEST_F(QuoteUpstreamTest, tells_why_it_is_refused_and_tries_again) {
  server.refuse(kInvalidArgument, "not today");
  QuoteUpstream upstream(server.options(), sink);
  ASSERT_TRUE(sink.wait_for_downs(2));
  EXPECT_EQ(sink.whys().front(), "INVALID_ARGUMENT: not today");
  server.welcome();
  EXPECT_TRUE(sink.wait_for_ups(1));
}

TEST_F(QuoteUpstreamTest, a_refused_symbol_is_told_in_its_place_and_ends_nothing) {
  QuoteUpstream upstream(server.options(), sink);
  ASSERT_TRUE(server.wait_for_streams(1));
  server.quote("AAPL", 1);
  server.say("error", "", "Symbol X not allowed for your subscription");
  server.say("heartbeat", "", "");
  server.quote("AAPL", 2);
  ASSERT_TRUE(sink.wait_for_texts(3));
  EXPECT_THAT(sink.texts(), ElementsAre("AAPL 1", "refused : Symbol X not allowed for your subscription", "AAPL 2"));
  EXPECT_EQ(upstream.counters().refusals, 1U);
  EXPECT_EQ(upstream.counters().heartbeats, 1U);
}

TEST_F(QuoteUpstreamTest, what_is_no_quote_is_skipped_and_counted) {
  QuoteUpstream upstream(server.options(), sink);
  ASSERT_TRUE(server.wait_for_streams(1));
  server.quote("no symbol", 1);
  server.quote("AAPL", -1);
  server.say("news", "AAPL", "");
  server.quote("AAPL", 2);
  ASSERT_TRUE(sink.wait_for_texts(1));
  EXPECT_THAT(sink.texts(), ElementsAre("AAPL 2"));
  const auto counters = upstream.counters();
  EXPECT_EQ(counters.bad_symbols + counters.bad_quotes + counters.unknown_types, 3U);
}

TEST_F(QuoteUpstreamTest, a_message_that_is_too_long_ends_the_stream) {
  auto options = server.options();
  options.max_message_bytes = 100;
  QuoteUpstream upstream(options, sink);
  ASSERT_TRUE(server.wait_for_streams(1));
  server.say("error", "", std::string(200, 'x'));
  ASSERT_TRUE(sink.wait_for_downs(1));
  EXPECT_THAT(sink.whys().front(), HasSubstr("RESOURCE_EXHAUSTED"));
}

TEST_F(QuoteUpstreamTest, brings_the_token_that_its_file_holds_at_the_time) {
  const ScratchFolder folder;
  auto options = server.options();
  options.user = "gateway";
  options.token_file = folder.file("token");
  write_file(options.token_file, "one\n");
  server.greet();
  QuoteUpstream upstream(options, sink);
  ASSERT_TRUE(sink.wait_for_ups(1));
  write_file(options.token_file, "two\n");
  server.end_stream();
  ASSERT_TRUE(server.wait_for_streams(2));
  EXPECT_THAT(server.streams(), ElementsAre("gateway one", "gateway two"));
}

TEST_F(QuoteUpstreamTest, a_token_that_is_repeated_by_the_server_is_not_told) {
  const ScratchFolder folder;
  auto options = server.options();
  options.token_file = folder.file("token");
  write_file(options.token_file, "*");
  server.refuse(kUnauthenticated, "what is * and *?");
  QuoteUpstream upstream(options, sink);
  ASSERT_TRUE(sink.wait_for_downs(1));
  EXPECT_EQ(sink.whys().front(), "UNAUTHENTICATED: what is *** and ***?");
}

TEST_F(QuoteUpstreamTest, a_token_file_that_cannot_be_used_is_told_and_tried_again) {
  const ScratchFolder folder;
  auto options = server.options();
  options.token_file = folder.file("token");
  QuoteUpstream upstream(options, sink);
  ASSERT_TRUE(sink.wait_for_downs(1));
  EXPECT_THAT(sink.whys().front(), HasSubstr("No such file"));
  EXPECT_THAT(server.streams(), IsEmpty());
  write_file(options.token_file, "two\nlines");
  ASSERT_TRUE(becomes([&] { return sink.whys().back().ends_with("not one line of ASCII"); }));
  write_file(options.token_file, "one");
  EXPECT_TRUE(sink.wait_for_ups(1));
}

TEST(quote_upstream, a_user_that_no_header_can_carry_is_refused_at_start) {
  RecordingSink sink;
  EXPECT_THROW(QuoteUpstream({.user = "l\n"}, sink), base::StartupError);
}

}  // namespace
}  // namespace wsf::grpc
