#include "redis/subscriber.hpp"

#include "recording_sink.hpp"
#include "redis/commands.hpp"
#include "redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace wsf::redis {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct SubscriberTest : ::testing::Test {
  void publish(const std::string& channel, const std::string& payload) {
    Commands commands(server.options());
    commands.send({"PUBLISH", channel, payload});
    ASSERT_TRUE(commands.drain(20s));
    ASSERT_EQ(commands.counters().answered, 1U);
  }

  RecordingSink sink;
  RedisServer server;
};

TEST_F(SubscriberTest, brings_what_is_published_on_its_channels_and_nothing_else) {
  Subscriber subscriber(server.options(), sink);
  subscriber.subscribe("ws:1");
  subscriber.subscribe("ws:2");
  ASSERT_TRUE(subscribed_becomes(subscriber, 2));
  publish("ws:3", "other");
  publish("ws:1", "a");
  publish("ws:2", std::string("b\r\n\0c", 5));
  ASSERT_TRUE(sink.wait_for_texts(2));
  EXPECT_THAT(sink.texts(), ElementsAre("ws:1 a", std::string("ws:2 b\r\n\0c", 10)));
  EXPECT_EQ(subscriber.counters().messages, 2U);
  EXPECT_EQ(subscriber.counters().bytes, 6U);
}

TEST_F(SubscriberTest, holds_a_channel_until_its_last_user_leaves) {
  Subscriber subscriber(server.options(), sink);
  subscriber.subscribe("ws:1");
  subscriber.subscribe("ws:1");
  subscriber.subscribe("ws:2");
  subscriber.unsubscribe("ws:1");
  ASSERT_TRUE(subscribed_becomes(subscriber, 2));
  subscriber.unsubscribe("ws:1");
  ASSERT_TRUE(subscribed_becomes(subscriber, 1));
  publish("ws:1", "late");
  publish("ws:2", "a");
  ASSERT_TRUE(sink.wait_for_texts(1));
  EXPECT_THAT(sink.texts(), ElementsAre("ws:2 a"));
}

TEST_F(SubscriberTest, a_channel_that_is_left_and_joined_all_the_time_ends_as_its_users_left_it) {
  Subscriber subscriber(server.options(), sink);
  const auto come_and_go = [&] {
    for (int i = 0; i < 2'000; ++i) {
      subscriber.subscribe("ws:1");
      subscriber.unsubscribe("ws:1");
    }
    subscriber.subscribe("ws:1");
  };
  std::thread one(come_and_go), other(come_and_go);
  one.join();
  other.join();
  subscriber.subscribe("ws:2");
  ASSERT_TRUE(subscribed_becomes(subscriber, 2));
  publish("ws:1", "a");
  EXPECT_TRUE(sink.wait_for_texts(1));
}

TEST_F(SubscriberTest, ten_thousand_channels_are_held_within_seconds_and_all_bring_their_message) {
  constexpr std::uint64_t kChannels = 10'000;
  Subscriber subscriber(server.options(), sink);
  const auto began = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < kChannels; ++i) subscriber.subscribe("ws:" + std::to_string(i));
  ASSERT_TRUE(subscribed_becomes(subscriber, kChannels));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  Commands commands(server.options());
  for (std::uint64_t i = 0; i < kChannels; ++i) {
    ASSERT_TRUE(commands.send({"PUBLISH", "ws:" + std::to_string(i), "a"}));
  }
  ASSERT_TRUE(sink.wait_for_texts(kChannels));
  ASSERT_TRUE(commands.drain(20s));
}

TEST_F(SubscriberTest, holds_its_channels_again_after_a_restart_of_the_server) {
  Subscriber subscriber(server.options(), sink);
  subscriber.subscribe("ws:1");
  ASSERT_TRUE(subscribed_becomes(subscriber, 1));
  server.stop();
  ASSERT_TRUE(sink.wait_for_downs(1));
  EXPECT_FALSE(subscriber.up());
  subscriber.subscribe("ws:2");
  server.start();
  ASSERT_TRUE(sink.wait_for_ups(2));
  ASSERT_TRUE(subscribed_becomes(subscriber, 2));
  publish("ws:1", "a");
  publish("ws:2", "b");
  ASSERT_TRUE(sink.wait_for_texts(2));
  EXPECT_EQ(subscriber.counters().connects, 2U);
}

TEST_F(SubscriberTest, starts_without_a_server_and_listens_when_it_comes) {
  server.stop();
  Subscriber subscriber(server.options(), sink);
  subscriber.subscribe("ws:1");
  ASSERT_TRUE(sink.wait_for_downs(2));
  EXPECT_THAT(sink.whys().front(), HasSubstr("Connection refused"));
  server.start();
  EXPECT_TRUE(subscribed_becomes(subscriber, 1));
}

TEST_F(SubscriberTest, a_server_that_does_nothing_any_more_is_given_up) {
  auto options = server.options();
  options.silence = 50ms;
  options.answer_timeout = 100ms;
  options.connect_timeout = 100ms;
  Subscriber subscriber(options, sink);
  ASSERT_TRUE(sink.wait_for_ups(1));
  server.pause();
  ASSERT_TRUE(sink.wait_for_downs(2));
  EXPECT_THAT(sink.whys()[0], HasSubstr("no sign of life within 100 ms"));
  EXPECT_THAT(sink.whys()[1], HasSubstr("no answer within 100 ms"));
  server.resume();
  EXPECT_TRUE(sink.wait_for_ups(2));
}

TEST_F(SubscriberTest, a_quiet_server_that_answers_is_kept) {
  auto options = server.options();
  options.silence = 5ms;
  Subscriber subscriber(options, sink);
  subscriber.subscribe("ws:1");
  ASSERT_TRUE(sink.wait_for_ups(1));
  Commands commands(server.options());
  std::atomic<long long> pings{0};
  ASSERT_TRUE(becomes([&] {
    commands.send({"INFO", "commandstats"}, [&](const base::Result<Reply>& reply) {
      const auto at = reply->text.find("cmdstat_ping:calls=");
      if (at != std::string::npos) pings = std::stoll(reply->text.substr(at + 19));
    });
    return commands.drain(20s) && pings >= 5;
  }));
  EXPECT_EQ(subscriber.counters().failures, 0U);
}

TEST(subscriber, is_told_in_redis_words_why_it_is_not_let_in) {
  const RedisServer server(
      {"--requirepass", "secret", "--user", "listener", "on", ">pass", "resetchannels", "&ws:*", "+@all"});
  const auto refusal = [&](const std::string& user, const std::string& password) {
    RecordingSink sink;
    auto options = server.options();
    options.user = user;
    options.password = password;
    const Subscriber subscriber(options, sink);
    return sink.wait_for_downs(1) ? sink.whys().front() : "let in";
  };
  EXPECT_THAT(refusal("", ""), HasSubstr("NOAUTH"));
  EXPECT_THAT(refusal("", "wrong"), HasSubstr("WRONGPASS"));
  EXPECT_THAT(refusal("listener", "wrong"), HasSubstr("WRONGPASS"));
}

TEST(subscriber, greets_with_its_user_database_and_name) {
  const RedisServer server(
      {"--requirepass", "secret", "--user", "listener", "on", ">pass", "resetchannels", "&ws:*", "+@all"});
  RecordingSink sink;
  auto options = server.options();
  options.user = "listener";
  options.password = "pass";
  options.database = 3;
  options.client_name = "me";
  const Subscriber subscriber(options, sink);
  ASSERT_TRUE(sink.wait_for_ups(1));
  options.client_name = "other";
  Commands commands(options);
  std::string clients;
  commands.send({"CLIENT", "LIST"}, [&](const base::Result<Reply>& reply) { clients = reply->text; });
  ASSERT_TRUE(commands.drain(20s));
  EXPECT_THAT(clients, HasSubstr(" name=me "));
  EXPECT_THAT(clients, HasSubstr(" db=3 "));
  EXPECT_THAT(clients, HasSubstr(" user=listener "));
}

TEST(subscriber, an_access_list_that_allows_only_channels_is_enough) {
  const RedisServer server(
      {"--user", "listener", "on", ">pass", "resetchannels", "&ws:*", "-@all", "+subscribe", "+unsubscribe"});
  RecordingSink sink;
  auto options = server.options();
  options.user = "listener";
  options.password = "pass";
  Subscriber subscriber(options, sink);
  subscriber.subscribe("ws:1");
  EXPECT_TRUE(subscribed_becomes(subscriber, 1));
}

TEST(subscriber, a_channel_that_is_forbidden_is_told_as_a_failure) {
  const RedisServer server({"--user", "listener", "on", ">pass", "resetchannels", "&ws:*", "+@all"});
  RecordingSink sink;
  auto options = server.options();
  options.user = "listener";
  options.password = "pass";
  Subscriber subscriber(options, sink);
  subscriber.subscribe("other");
  ASSERT_TRUE(sink.wait_for_downs(1));
  EXPECT_THAT(sink.whys().front(), HasSubstr("NOPERM"));
}

TEST(subscriber, a_server_that_is_full_is_told_and_tried_again) {
  const RedisServer server({"--maxclients", "1"});
  RecordingSink first_sink, second_sink;
  auto first = std::make_unique<Subscriber>(server.options(), first_sink);
  ASSERT_TRUE(first_sink.wait_for_ups(1));
  const Subscriber second(server.options(), second_sink);
  ASSERT_TRUE(second_sink.wait_for_downs(1));
  EXPECT_THAT(second_sink.whys().front(), HasSubstr("max number of clients"));
  first.reset();
  EXPECT_TRUE(second_sink.wait_for_ups(1));
}

}  // namespace
}  // namespace wsf::redis
