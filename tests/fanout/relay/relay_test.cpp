// A relay and a feed that reads it, with a real redis-server between them.

#include "fanout/relay/relay.hpp"

#include "fakes/remembering.hpp"
#include "fanout/relay/relayed_feed.hpp"
#include "redis/redis_server.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

std::string rate(std::string_view pair, int number) {
  return fmt::format(R"({{"eventType":"FxRateUpdated","fxRate":{{"currencyPair":"{}","rate":{},"bid":1,"ask":2}}}})",
                     pair, number);
}

// Remembers what a feed posts, and lets a test wait for it.
class Posted : private Remembering {
 public:
  void add(hub::SharedBatch batch) {
    note([&] {
      if (batch->loss) losses_.push_back(*batch->loss);
      for (const hub::Update& update : batch->updates) updates_.push_back(update);
    });
  }
  bool wait_for(std::size_t updates) {
    return wait([&] { return updates_.size() >= updates; });
  }
  bool wait_for_loss() {
    return wait([&] { return !losses_.empty(); });
  }
  std::vector<hub::Update> updates() const { return copy_of(updates_); }
  std::vector<hub::Loss> losses() const { return copy_of(losses_); }

 private:
  std::vector<hub::Update> updates_;
  std::vector<hub::Loss> losses_;
};

class RelayTest : public testing::Test {
 protected:
  // The next event of the pair's chain in partition 0.
  hub::Update next(const std::string& pair) {
    hub::Update update;
    update.key = pair;
    update.payload = rate(pair, static_cast<int>(offset) + 1);
    update.position = {0, offset++};
    const auto last = newest.find(pair);
    if (last != newest.end()) update.previous = last->second;
    newest[pair] = update.position;
    update.kafka_ms = 4'000'000'000'000;
    return update;
  }
  void feed(std::vector<hub::Update> updates) {
    auto batch = std::make_shared<hub::UpdateBatch>();
    batch->updates = std::move(updates);
    relay->add(batch);
  }
  void reach_head() {
    auto batch = std::make_shared<hub::UpdateBatch>();
    batch->head = true;
    relay->add(batch);
  }
  void listen() {
    far.emplace(server.options(), "rates", 4096, state, [this](auto batch) { posted.add(std::move(batch)); });
    ASSERT_TRUE(becomes([&] { return state.broker_reachable.load(); })) << far->why_not_ready();
  }

  redis::RedisServer server;
  std::atomic<bool> broker{true};
  std::int64_t offset = 0;
  std::map<std::string, base::Position> newest;
  FeedState state;
  Posted posted;
  std::optional<Relay> relay{std::in_place, server.options(), "rates", broker};
  std::optional<RelayedFeed> far;
};

TEST_F(RelayTest, passes_each_event_on_with_its_place) {
  reach_head();
  listen();
  const hub::Update one = next("EURUSD"), two = next("GBPUSD"), three = next("EURUSD");
  feed({one, two});
  feed({three});
  ASSERT_TRUE(posted.wait_for(3));
  const auto updates = posted.updates();
  for (const auto& [sent, got] :
       {std::pair(one, updates[0]), std::pair(two, updates[1]), std::pair(three, updates[2])}) {
    EXPECT_EQ(got.key, sent.key);
    EXPECT_EQ(got.payload, sent.payload);
    EXPECT_EQ(got.position, sent.position);
    EXPECT_EQ(got.previous, sent.previous);
    EXPECT_EQ(got.kafka_ms, sent.kafka_ms);
    EXPECT_FALSE(got.hole_from || got.silent);
  }
}

TEST_F(RelayTest, what_was_before_its_start_is_a_last_value_and_no_news) {
  hub::Update old = next("EURUSD");
  old.silent = true;
  old.kafka_ms = 1'700'000'000'000;
  feed({old});
  reach_head();
  listen();
  ASSERT_TRUE(posted.wait_for(1));
  EXPECT_TRUE(posted.updates().front().silent);
}

TEST_F(RelayTest, is_no_feed_before_the_relay_has_the_log_and_while_it_has_no_broker) {
  far.emplace(server.options(), "rates", 4096, state, [this](auto batch) { posted.add(std::move(batch)); });
  ASSERT_TRUE(becomes([&] { return far->redis_up(); }));
  EXPECT_FALSE(state.at_head);
  reach_head();
  ASSERT_TRUE(becomes([&] { return state.at_head && state.broker_reachable; }));
  broker = false;
  EXPECT_TRUE(becomes([&] { return !state.broker_reachable; }));
  EXPECT_EQ(far->why_not_ready(), "the relay's broker is unreachable");
}

TEST_F(RelayTest, tells_of_what_the_log_itself_has_lost) {
  reach_head();
  listen();
  auto batch = std::make_shared<hub::UpdateBatch>();
  batch->loss = hub::Loss{{0, 5}, {0, 90}};
  relay->add(batch);
  relay->add(batch);
  feed({next("EURUSD")});
  ASSERT_TRUE(posted.wait_for_loss());
  ASSERT_TRUE(posted.wait_for(1));
  ASSERT_EQ(posted.losses().size(), 1U);
  EXPECT_EQ(posted.losses().front().first, base::Position(0, 5));
  EXPECT_EQ(posted.losses().front().next, base::Position(0, 90));
}

TEST_F(RelayTest, after_a_restart_of_redis_the_newest_of_each_pair_comes_and_no_hole_is_hidden) {
  reach_head();
  listen();
  feed({next("EURUSD"), next("GBPUSD")});
  ASSERT_TRUE(posted.wait_for(2));
  server.stop();
  ASSERT_TRUE(becomes([&] { return !state.broker_reachable; }));
  feed({next("EURUSD"), next("EURUSD")});
  const hub::Update last = next("EURUSD");
  feed({last});
  server.start();
  ASSERT_TRUE(becomes([&] { return state.broker_reachable.load(); })) << far->why_not_ready();
  ASSERT_TRUE(becomes([&] { return posted.updates().back().position == last.position; }));
  const auto updates = posted.updates();
  std::map<std::string, base::Position> had;
  for (const hub::Update& update : updates) {
    const auto before = had.find(update.key);
    const bool joins = before == had.end() || update.previous == before->second || update.hole_from == before->second;
    EXPECT_TRUE(joins) << update.key << " " << update.position.offset;
    had[update.key] = update.position;
  }
}

TEST_F(RelayTest, who_did_not_hear_of_a_loss_sees_it_by_the_next_event) {
  reach_head();
  listen();
  const hub::Update first = next("EURUSD");
  feed({first});
  ASSERT_TRUE(posted.wait_for(1));
  far.reset();
  auto batch = std::make_shared<hub::UpdateBatch>();
  batch->loss = hub::Loss{{0, 1}, {0, 90}};
  relay->add(batch);
  ASSERT_TRUE(becomes([&] { return relay->counters().waiting == 0; }));
  offset = 95;
  const hub::Update after = next("EURUSD");
  EXPECT_EQ(after.previous, first.position);
  listen();
  feed({after});
  ASSERT_TRUE(becomes([&] { return posted.updates().back().position == after.position; }));
  EXPECT_EQ(posted.updates().back().previous, base::Position(0, 89));
}

TEST_F(RelayTest, one_relay_without_a_broker_does_not_matter_while_another_has_one) {
  const std::atomic<bool> none{false};
  Relay other(server.options(), "rates", none);
  auto head = std::make_shared<hub::UpdateBatch>();
  head->head = true;
  other.add(head);
  reach_head();
  listen();
  const auto pulses = far->counters().pulses.value();
  bool always = true;
  ASSERT_TRUE(becomes([&] {
    always = always && state.broker_reachable;
    return far->counters().pulses.value() >= pulses + 4;
  }));
  EXPECT_TRUE(always);
}

TEST_F(RelayTest, a_relay_that_is_behind_does_not_overwrite_what_another_has_kept) {
  reach_head();
  const hub::Update old = next("EURUSD"), newer = next("EURUSD");
  feed({newer});
  ASSERT_TRUE(becomes([&] { return relay->counters().published >= 1; }));
  feed({old});
  ASSERT_TRUE(becomes([&] { return relay->counters().published >= 2; }));
  listen();
  ASSERT_TRUE(posted.wait_for(1));
  EXPECT_EQ(posted.updates().front().position, newer.position);
}

TEST_F(RelayTest, a_removal_that_nobody_heard_is_read_from_the_hash) {
  reach_head();
  listen();
  feed({next("EURUSD")});
  ASSERT_TRUE(posted.wait_for(1));
  far.reset();
  hub::Update removal = next("EURUSD");
  removal.tombstone = true;
  removal.payload.clear();
  feed({removal});
  ASSERT_TRUE(becomes([&] { return relay->counters().waiting == 0 && relay->counters().published >= 2; }));
  listen();
  ASSERT_TRUE(becomes([&] { return posted.updates().back().tombstone; }));
  EXPECT_EQ(posted.updates().back().key, "EURUSD");
}

TEST_F(RelayTest, keeps_only_the_newest_of_each_pair_of_more_than_can_wait) {
  server.stop();
  ASSERT_TRUE(becomes([&] { return !relay->up(); }));
  reach_head();
  std::vector<hub::Update> many;
  for (std::size_t i = 0; i <= Relay::kMaxWaiting; ++i) many.push_back(next(i % 2 == 0 ? "EURUSD" : "GBPUSD"));
  feed(std::move(many));
  EXPECT_EQ(relay->counters().left_out, Relay::kMaxWaiting + 1);
  EXPECT_EQ(relay->counters().waiting, 2U);
  server.start();
  listen();
  ASSERT_TRUE(becomes([&] { return relay->counters().waiting == 0; }));
  ASSERT_TRUE(posted.wait_for(2));
  for (const hub::Update& update : posted.updates()) EXPECT_EQ(update.position, newest[update.key]);
}

}  // namespace
}  // namespace wsf::fanout
