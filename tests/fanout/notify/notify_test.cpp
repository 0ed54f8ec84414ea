// notify on one shard, between scripted sockets and a feed that a test speaks for.

#include "fanout/notify/notify.hpp"

#include "auth/key_store.hpp"
#include "base/clock.hpp"
#include "fanout/sockets_fixture.hpp"
#include "protocol/replies.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace wsf::fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kSecret = "thirty-two bytes or more of a secret";

std::string token(std::string_view user) {
  const std::int64_t expires_s = base::epoch_ms() / 1000 + 300;
  return auth::sign(fmt::format(R"({{"sub":"{}","exp":{}}})", user, expires_s), kSecret).value();
}

struct CountedChannels : UserChannels {
  std::map<std::string, int> users;
  void join(const std::string& user) override { ++users[user]; }
  void leave(const std::string& user) override {
    if (--users[user] == 0) users.erase(user);
  }
};

struct PromisedPlaces : UserPlaces {
  std::map<std::uint64_t, std::function<void(std::uint64_t)>> taken;
  std::uint64_t last = 0;
  std::uint64_t take(const std::string&, std::function<void(std::uint64_t)> on_refused) override {
    taken[++last] = std::move(on_refused);
    return last;
  }
  void release(const std::string&, std::uint64_t place) override { taken.erase(place); }
  void refuse(std::uint64_t place) {
    const auto on_refused = taken.extract(place);
    on_refused.mapped()(place);
  }
};

class NotifyTest : public SocketsTest {
 protected:
  NotifyTest() : SocketsTest({}, small_outbox()) {
    route.keys = &keys;
    serve(app);
    feed.up = true;
  }

  std::vector<std::string> open(int fd, std::string_view user) {
    return enter(fd, "/ws", "Authorization: Bearer " + token(user) + "\r\n");
  }
  void publish(std::string_view user, std::string_view payload) {
    auto batch = std::make_shared<hub::UpdateBatch>();
    batch->updates.emplace_back();
    batch->updates[0].key = user;
    batch->updates[0].payload = payload;
    app.on_batch(batch);
    sessions.flush();
  }
  void pass(std::int64_t ms) {
    SocketsTest::pass(ms);
    app.on_tick();
    sessions.flush();
  }
  void lose_feed(std::int64_t ago_ms) {
    feed.down_since_ms = base::steady_ms() - ago_ms;
    ++feed.outages;
    feed.up = false;
  }

  NotifyOptions notify;
  auth::KeyStore keys{{.secret = kSecret}};
  Route route{.options = notify.route};
  CountedChannels channels;
  PromisedPlaces places;
  ChannelFeedState feed;
  Notify app{notify, feed, channels, &places, reception, route};
};

TEST_F(NotifyTest, a_message_goes_to_each_connection_of_its_user_as_it_came_and_to_nobody_else) {
  EXPECT_THAT(open(1, "ada"), IsEmpty());
  open(2, "ada");
  open(3, "bob");
  publish("ada", R"({ "n":1.50 })");
  publish("eve", "{}");
  EXPECT_THAT(heard(1), ElementsAre(R"({ "n":1.50 })"));
  EXPECT_THAT(heard(2), ElementsAre(R"({ "n":1.50 })"));
  EXPECT_THAT(heard(3), IsEmpty());
  EXPECT_EQ(app.counters().messages_sent.value(), 2U);
}

TEST_F(NotifyTest, a_users_channel_is_joined_by_each_connection_and_left_by_it) {
  open(1, "ada");
  open(2, "ada");
  open(3, "bob");
  EXPECT_THAT(channels.users, ElementsAre(Pair("ada", 2), Pair("bob", 1)));
  kernel[1].peer_ended = true;
  sessions.on_ready(kernel.readable(1));
  kernel[3].peer_ended = true;
  sessions.on_ready(kernel.readable(3));
  EXPECT_THAT(channels.users, ElementsAre(Pair("ada", 1)));
  publish("ada", "{}");
  EXPECT_THAT(heard(2), ElementsAre("{}"));
}

TEST_F(NotifyTest, the_sixth_connection_of_a_user_is_closed_and_joins_nothing) {
  for (int fd = 1; fd <= 5; ++fd) open(fd, "ada");
  EXPECT_THAT(open(6, "ada"), ElementsAre("close 1008"));
  EXPECT_THAT(channels.users, ElementsAre(Pair("ada", 5)));
}

TEST_F(NotifyTest, a_place_over_all_replicas_is_held_as_long_as_the_connection) {
  open(1, "ada");
  open(2, "ada");
  EXPECT_EQ(places.taken.size(), 2U);
  kernel[1].peer_ended = true;
  sessions.on_ready(kernel.readable(1));
  EXPECT_THAT(places.taken, ElementsAre(Pair(2U, testing::_)));
}

TEST_F(NotifyTest, who_is_refused_a_place_over_all_replicas_is_closed_and_joins_nothing) {
  open(1, "ada");
  open(2, "ada");
  places.refuse(2);
  pass(50);
  EXPECT_THAT(heard(1), IsEmpty());
  EXPECT_THAT(heard(2), ElementsAre("close 1008"));
  EXPECT_THAT(channels.users, ElementsAre(Pair("ada", 1)));
  EXPECT_EQ(app.counters().over_cluster_limit.value(), 1U);
}

TEST_F(NotifyTest, a_refusal_that_comes_after_the_end_concerns_nobody) {
  open(1, "ada");
  const auto late = places.taken.at(1);
  kernel[1].peer_ended = true;
  sessions.on_ready(kernel.readable(1));
  open(2, "bob");
  late(1);
  pass(50);
  EXPECT_THAT(heard(2), IsEmpty());
  EXPECT_EQ(app.counters().over_cluster_limit.value(), 0U);
}

TEST_F(NotifyTest, a_message_either_way_keeps_a_connection_from_being_idle) {
  open(1, "ada");
  open(2, "bob");
  open(3, "cyd");
  pass(200'000);
  publish("ada", "{}");
  receive(2, client_text("{}"));
  heard(1);
  pass(100'000);
  EXPECT_THAT(heard(1), IsEmpty());
  EXPECT_THAT(heard(2), IsEmpty());
  EXPECT_THAT(heard(3), ElementsAre("close 1001"));
  pass(200'100);
  EXPECT_THAT(heard(1), ElementsAre("close 1001"));
  EXPECT_THAT(heard(2), ElementsAre("close 1001"));
}

TEST_F(NotifyTest, an_outage_is_told_once_when_it_has_lasted) {
  open(1, "ada");
  lose_feed(4'000);
  pass(50);
  EXPECT_THAT(heard(1), IsEmpty());
  feed.down_since_ms = base::steady_ms() - 5'000;
  pass(50);
  pass(50);
  EXPECT_THAT(heard(1), ElementsAre(protocol::kFeedUnavailable));
  EXPECT_THAT(open(2, "bob"), ElementsAre(protocol::kFeedUnavailable));
  feed.up = true;
  pass(50);
  lose_feed(6'000);
  pass(50);
  EXPECT_THAT(heard(1), ElementsAre(protocol::kFeedUnavailable));
}

TEST_F(NotifyTest, who_does_not_take_its_messages_is_closed_with_a_gap_and_loses_none_before_it) {
  open(1, "ada");
  kernel[1].takes = 0;
  for (int i = 0; i < 12; ++i) publish("ada", std::string(100, static_cast<char>('a' + i)));
  EXPECT_EQ(app.counters().gaps.value(), 1U);
  kernel[1].takes = SIZE_MAX;
  sessions.on_ready(kernel.writable(1));
  sessions.flush();
  const auto texts = heard(1);
  ASSERT_GE(texts.size(), 2U);
  EXPECT_EQ(texts.back(), "close 4002");
  for (std::size_t i = 0; i + 1 < texts.size(); ++i) EXPECT_EQ(texts[i][0], static_cast<char>('a' + i));
}

}  // namespace
}  // namespace wsf::fanout
