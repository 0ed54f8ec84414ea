#include "grpc/quote_streams.hpp"

#include "fake_desk.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <market_data.pb.h>

#include <utility>

namespace wsf::grpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

protocol::QuoteEvent quote(const std::string& symbol, int price) {
  return {.symbol = symbol, .quote = {.price = std::to_string(price)}, .given = {}};
}

// Takes messages when the test lets it.
class FakeWire final : public StreamWire {
 public:
  void read() override { ++reads; }
  void write(const hub::FramePtr& message) override {
    ++has;
    ::StreamQuotesResponse response;
    response.ParseFromArray(message->bytes().data(), static_cast<int>(message->bytes().size()));
    const bool is_quote = response.type() == "quote";
    got.push_back(is_quote ? fmt::format("{} {}", response.symbol(), response.price())
                           : response.type() + (response.message().empty() ? "" : ": " + response.message()));
  }
  void end(StreamEnd how) override {
    ASSERT_FALSE(ended) << "one end";
    ended = how;
  }
  void cancel() override { ++cancels; }

  std::uint32_t has = 0;
  int reads = 0, cancels = 0;
  std::vector<std::string> got;
  std::optional<StreamEnd> ended;
};

struct QuoteStreamsTest : ::testing::Test {
  struct Client {
    FakeWire wire;
    Slot slot = 0;
  };
  void open(Client& client, QuotePeer peer = {}) { client.slot = streams.open(client.wire, std::move(peer)); }
  void ask(Client& client, std::string_view action, const std::vector<std::string>& symbols) {
    streams.request(client.slot, StreamRequest{std::string(action), symbols});
  }
  void publish(const std::string& symbol, int price) {
    const auto one = quote(symbol, price);
    streams.publish({&one, 1});
  }
  // Lets it take everything.
  void take_all(Client& client) {
    while (client.wire.has != 0) streams.written(client.slot, std::exchange(client.wire.has, 0));
  }

  FakeDesk desk;
  StreamLimits limits{.outbox = {.outbox_bytes = 1'000, .conflate_age_ms = 1'000, .outbox_age_ms = 10'000},
                      .wire_messages = 1,
                      .max_subscriptions = 3};
  StreamCounters counters;
  QuoteStreams streams{desk, limits, counters, 0};
  Client one, other;
};

TEST_F(QuoteStreamsTest, a_quote_goes_to_the_streams_that_want_its_symbol) {
  open(one);
  open(other);
  ask(one, "subscribe", {"AAPL", "MSFT"});
  ask(other, "subscribe", {"MSFT"});
  publish("AAPL", 1);
  publish("TSLA", 2);
  take_all(one);
  publish("MSFT", 3);
  EXPECT_THAT(one.wire.got, ElementsAre("AAPL 1", "MSFT 3"));
  EXPECT_THAT(other.wire.got, ElementsAre("MSFT 3"));
  EXPECT_EQ(counters.quotes_sent.value(), 3U);
  EXPECT_EQ(counters.subscriptions.value(), 3);
}

TEST_F(QuoteStreamsTest, what_nobody_wants_is_counted) {
  open(one);
  ask(one, "subscribe", {"AAPL"});
  publish("AAPL", 1);
  publish("MSFT", 2);
  EXPECT_EQ(counters.quotes.value(), 2U);
  EXPECT_EQ(counters.unwanted.value(), 1U);
}

TEST_F(QuoteStreamsTest, all_is_written_when_every_wire_has_taken_what_waited_for_it) {
  open(one);
  open(other);
  EXPECT_TRUE(streams.all_written());
  for (Client* client : {&one, &other}) ask(*client, "subscribe", {"AAPL"});
  publish("AAPL", 1);
  publish("AAPL", 2);
  take_all(one);
  EXPECT_FALSE(streams.all_written());
  streams.lost(other.slot);
  EXPECT_TRUE(streams.all_written());
}

TEST_F(QuoteStreamsTest, the_desk_hears_of_the_first_and_the_last_that_wants_a_symbol) {
  open(one);
  open(other);
  ask(one, "subscribe", {"AAPL", "AAPL"});
  ask(other, "subscribe", {"AAPL", "MSFT"});
  ask(one, "unsubscribe", {"AAPL", "TSLA"});
  EXPECT_THAT(desk.wanted(), ElementsAre("AAPL", "MSFT"));
  streams.lost(other.slot);
  EXPECT_THAT(desk.wanted(), IsEmpty());
  EXPECT_EQ(desk.faults(), 0);
  EXPECT_EQ(counters.subscriptions.value(), 0);
}

TEST_F(QuoteStreamsTest, what_is_wrong_with_a_request_is_told_and_the_rest_is_done) {
  open(one, {.may_see = [](const std::string& symbol) { return symbol != "TSLA"; }});
  ask(one, "subscribe", {"aapl", "TSLA", "MSFT"});
  ask(one, "dance", {});
  take_all(one);
  EXPECT_THAT(one.wire.got,
              ElementsAre("error: Invalid symbol: aapl", "error: Symbol TSLA not allowed for your subscription",
                          "error: Unknown action: dance"));
  EXPECT_THAT(desk.wanted(), ElementsAre("MSFT"));
  EXPECT_EQ(counters.errors_told.value(), 3U);
}

TEST_F(QuoteStreamsTest, above_the_limit_of_symbols_nothing_changes) {
  open(one);
  ask(one, "subscribe", {"A", "B"});
  ask(one, "subscribe", {"B", "C", "C"});
  ask(one, "subscribe", {"D"});
  ask(one, "unsubscribe", {"A"});
  ask(one, "subscribe", {"D"});
  take_all(one);
  EXPECT_THAT(one.wire.got, ElementsAre("error: Subscription limit of 3 symbols exceeded"));
  EXPECT_THAT(desk.wanted(), ElementsAre("B", "C", "D"));
}

TEST_F(QuoteStreamsTest, a_peer_may_be_allowed_fewer_symbols) {
  open(one, {.max_subscriptions = 1});
  ask(one, "subscribe", {"A"});
  ask(one, "subscribe", {"B"});
  EXPECT_THAT(one.wire.got, ElementsAre("error: Subscription limit of 1 symbols exceeded"));
}

TEST_F(QuoteStreamsTest, what_comes_while_a_message_goes_out_waits_in_order) {
  open(one);
  ask(one, "subscribe", {"A", "B"});
  for (int price = 1; price <= 3; ++price) publish("A", price);
  publish("B", 4);
  EXPECT_THAT(one.wire.got, ElementsAre("A 1"));
  take_all(one);
  EXPECT_THAT(one.wire.got, ElementsAre("A 1", "A 2", "A 3", "B 4"));
  EXPECT_EQ(counters.conflated.value(), 0U);
}

TEST_F(QuoteStreamsTest, a_wire_has_as_many_messages_as_it_may_and_what_waits_follows_in_order) {
  limits.wire_messages = 3;
  QuoteStreams streams(desk, limits, counters, 0);
  one.slot = streams.open(one.wire, {});
  streams.request(one.slot, StreamRequest{"subscribe", {"A"}});
  std::vector<protocol::QuoteEvent> burst;
  for (int price = 1; price <= 6; ++price) burst.push_back(quote("A", price));
  streams.publish(burst);
  EXPECT_THAT(one.wire.got, SizeIs(3));
  streams.written(one.slot, 2);
  EXPECT_THAT(one.wire.got, SizeIs(5));
  streams.written(one.slot, 3);
  EXPECT_THAT(one.wire.got, ElementsAre("A 1", "A 2", "A 3", "A 4", "A 5", "A 6"));
  EXPECT_FALSE(streams.all_written());
  streams.half_close(one.slot);
  EXPECT_EQ(one.wire.ended, std::nullopt);
  streams.written(one.slot, 1);
  EXPECT_EQ(one.wire.ended, StreamEnd::half_closed);
}

TEST_F(QuoteStreamsTest, after_a_second_only_the_newest_of_each_symbol_waits) {
  open(one);
  open(other);
  for (auto* client : {&one, &other}) ask(*client, "subscribe", {"A", "B"});
  for (int price = 1; price <= 3; ++price) {
    publish("A", price);
    publish("B", price);
    take_all(other);
  }
  streams.advance(1'000);
  publish("A", 4);
  take_all(one);
  take_all(other);
  EXPECT_THAT(one.wire.got, ElementsAre("A 1", "B 3", "A 4"));
  EXPECT_THAT(other.wire.got, SizeIs(7));
  EXPECT_EQ(counters.conflating.value(), 1U);
  EXPECT_EQ(counters.conflated.value(), 4U);
}

TEST_F(QuoteStreamsTest, too_many_bytes_conflate_at_once) {
  open(one);
  ask(one, "subscribe", {"A"});
  for (int price = 0; price < 100; ++price) publish("A", price);
  take_all(one);
  EXPECT_THAT(one.wire.got, ElementsAre("A 0", "A 99"));
}

TEST_F(QuoteStreamsTest, who_takes_nothing_for_long_is_ended_and_in_the_end_cancelled) {
  open(one);
  ask(one, "subscribe", {"A"});
  publish("A", 1);
  publish("A", 2);
  streams.advance(9'999);
  EXPECT_EQ(one.wire.ended, std::nullopt);
  streams.advance(10'000);
  EXPECT_EQ(one.wire.ended, StreamEnd::slow_consumer);
  EXPECT_THAT(desk.wanted(), IsEmpty());
  EXPECT_EQ(counters.slow_closed.value(), 1U);
  streams.advance(10'000 + QuoteStreams::kLastWordMs);
  streams.advance(20'000 + QuoteStreams::kLastWordMs);
  EXPECT_EQ(one.wire.cancels, 1);
}

TEST_F(QuoteStreamsTest, a_quiet_stream_hears_a_heartbeat_each_half_minute) {
  open(one);
  ask(one, "subscribe", {"A"});
  streams.advance(20'000);
  publish("A", 1);
  take_all(one);
  streams.advance(49'999);
  EXPECT_THAT(one.wire.got, SizeIs(1));
  streams.advance(50'000);
  take_all(one);
  streams.advance(80'000);
  EXPECT_THAT(one.wire.got, ElementsAre("A 1", "heartbeat", "heartbeat"));
}

TEST_F(QuoteStreamsTest, a_half_close_ends_the_stream_when_all_is_said) {
  open(one);
  ask(one, "dance", {});
  ask(one, "sing", {});
  streams.half_close(one.slot);
  EXPECT_EQ(one.wire.ended, std::nullopt);
  take_all(one);
  EXPECT_THAT(one.wire.got, ElementsAre("error: Unknown action: dance", "error: Unknown action: sing"));
  EXPECT_EQ(one.wire.ended, StreamEnd::half_closed);
}

TEST_F(QuoteStreamsTest, who_does_not_take_its_errors_is_not_read) {
  limits.max_subscriptions = 1'000;
  QuoteStreams streams(desk, limits, counters, 0);
  one.slot = streams.open(one.wire, {});
  streams.request(one.slot, StreamRequest{"subscribe", std::vector<std::string>(1'000, "none")});
  EXPECT_EQ(one.wire.reads, 1);
  while (one.wire.has != 0) streams.written(one.slot, std::exchange(one.wire.has, 0));
  EXPECT_EQ(one.wire.reads, 2);
  EXPECT_THAT(one.wire.got, SizeIs(1'000));
}

TEST_F(QuoteStreamsTest, what_is_no_request_ends_the_stream) {
  open(one);
  streams.request(one.slot, std::nullopt);
  EXPECT_EQ(one.wire.ended, StreamEnd::malformed);
}

TEST_F(QuoteStreamsTest, a_stream_ends_with_its_credential) {
  open(one, {.credential_ends = std::chrono::seconds{5}});
  streams.advance(4'999);
  EXPECT_EQ(one.wire.ended, std::nullopt);
  streams.advance(5'000);
  EXPECT_EQ(one.wire.ended, StreamEnd::expired);
}

TEST_F(QuoteStreamsTest, a_drain_spreads_the_ends_over_its_window) {
  Client third;
  open(one);
  open(other);
  streams.drain(std::chrono::seconds{10});
  open(third);
  EXPECT_EQ(one.wire.ended, StreamEnd::restart);
  streams.advance(4'999);
  EXPECT_EQ(third.wire.ended, StreamEnd::restart);
  EXPECT_EQ(other.wire.ended, std::nullopt);
  streams.advance(5'000);
  EXPECT_EQ(other.wire.ended, StreamEnd::restart);
}

TEST_F(QuoteStreamsTest, a_slot_is_used_again_without_what_its_stream_had) {
  open(one);
  ask(one, "subscribe", {"A"});
  streams.lost(one.slot);
  streams.written(one.slot, 1);  // on its way when the end was said
  streams.gone(one.slot);
  open(other);
  EXPECT_EQ(other.slot, one.slot);
  publish("A", 1);
  EXPECT_THAT(other.wire.got, IsEmpty());
}

TEST_F(QuoteStreamsTest, the_durations_of_ended_streams_are_told_in_powers_of_two) {
  open(one);
  streams.advance(3'000);
  streams.lost(one.slot);
  EXPECT_EQ(counters.durations.bounds_us()[9], 512'000'000);
  EXPECT_EQ(counters.durations.count(2), 1U);
  EXPECT_EQ(counters.streams.value(), 0);
}

TEST_F(QuoteStreamsTest, a_symbol_that_was_left_and_another_that_has_its_number_are_not_mixed_up) {
  open(one);
  ask(one, "subscribe", {"A"});
  publish("A", 1);
  publish("A", 2);
  ask(one, "unsubscribe", {"A"});
  ask(one, "subscribe", {"B"});
  publish("B", 3);
  take_all(one);
  EXPECT_THAT(one.wire.got, ElementsAre("A 1", "B 3"));
}

}  // namespace
}  // namespace wsf::grpc
