// What a server may do that a Redis would not.
#include "recording_sink.hpp"
#include "redis/subscriber.hpp"
#include "scripted_redis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::redis {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Why a subscriber gave the connection up that did as the script says after its greeting.
std::string given_up_after(std::string bytes) {
  const ScriptedRedis server([&](auto& socket, int) {
    greet(socket);
    say(socket, bytes);
    read_to_end(socket);
  });
  RecordingSink sink;
  const Subscriber subscriber(server.options(), sink);
  return sink.wait_for_downs(2) ? sink.whys().front() : "kept";
}

TEST(subscriber_faults, rubbish_ends_the_connection) {
  EXPECT_THAT(given_up_after("HTTP/1.1 400 Bad Request\r\n"), HasSubstr("protocol error"));
  EXPECT_THAT(given_up_after("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"),
              HasSubstr("protocol error"));
  EXPECT_THAT(given_up_after("*2147483647\r\n"), HasSubstr("protocol error"));
  EXPECT_THAT(given_up_after("*3\r\n$7\r\nmessage\r\n$-1\r\n*0\r\n*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n"),
              HasSubstr("protocol error"));
}

TEST(subscriber_faults, a_message_beyond_the_bound_ends_the_connection) {
  const ScriptedRedis server([&](auto& socket, int) {
    greet(socket);
    say(socket, "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1000000\r\n" + std::string(1'000'000, 'x') + "\r\n");
    read_to_end(socket);
  });
  auto options = server.options();
  options.max_reply_bytes = 100'000;
  RecordingSink sink;
  const Subscriber subscriber(options, sink);
  ASSERT_TRUE(sink.wait_for_downs(1));
  EXPECT_THAT(sink.whys().front(), HasSubstr("more than 100000 bytes"));
}

// Remembers what had come when a channel was joined.
class JoinSink final : public RecordingSink {
 public:
  void on_subscribed(const std::string& channel) override {
    before_ = texts();
    RecordingSink::on_subscribed(channel);
  }
  std::vector<std::string> before() const { return before_; }

 private:
  std::vector<std::string> before_;
};

TEST(subscriber_order, what_came_before_a_channel_was_joined_is_brought_before_its_confirmation) {
  const ScriptedRedis server([&](auto& socket, int) {
    greet(socket);
    read_until(socket, "SUBSCRIBE\r\n$1\r\nb\r\n");
    say(socket, "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$3\r\none\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n");
    read_to_end(socket);
  });
  JoinSink sink;
  Subscriber subscriber(server.options(), sink);
  subscriber.subscribe("b");
  ASSERT_TRUE(sink.wait_for_subscribed("b"));
  EXPECT_THAT(sink.before(), ElementsAre("a one"));
}

TEST(subscriber_faults, an_endless_error_is_cut_and_rubbish_instead_of_a_greeting_is_no_connection) {
  const ScriptedRedis server([](auto& socket, int number) {
    say(socket, number == 0 ? "-ERR " + std::string(50'000, 'x') + "\r\n" : std::string("SSH-2.0-x\r\n"));
    read_to_end(socket);
  });
  RecordingSink sink;
  const Subscriber subscriber(server.options(), sink);
  ASSERT_TRUE(sink.wait_for_downs(2));
  EXPECT_EQ(sink.whys()[0].size(), 200U);
  EXPECT_THAT(sink.whys()[1], HasSubstr("protocol error"));
  EXPECT_EQ(subscriber.counters().connects, 0U);
}

TEST(subscriber_faults, a_server_that_is_still_loading_is_asked_again) {
  const ScriptedRedis server([](auto& socket, int number) {
    if (number > 0) greet(socket);
    read_until(socket, "PING\r\n");
    say(socket, "+OK\r\n-LOADING Redis is loading the dataset in memory\r\n");
    read_to_end(socket);
  });
  RecordingSink sink;
  const Subscriber subscriber(server.options(), sink);
  ASSERT_TRUE(sink.wait_for_ups(1));
  EXPECT_THAT(sink.whys(), ElementsAre("LOADING Redis is loading the dataset in memory"));
}

TEST(subscriber_faults, a_reply_may_come_byte_by_byte_and_what_came_before_the_end_is_told) {
  const ScriptedRedis server([](auto& socket, int number) {
    greet(socket);
    if (number > 0) return read_to_end(socket);
    for (const char byte : std::string("*3\r\n$7\r\nmessage\r\n$4\r\nws:1\r\n$5\r\nhello\r\n*3\r\n$7\r\nmess")) {
      say(socket, {&byte, 1});
    }
  });
  RecordingSink sink;
  const Subscriber subscriber(server.options(), sink);
  ASSERT_TRUE(sink.wait_for_ups(2));
  EXPECT_THAT(sink.texts(), ElementsAre("ws:1 hello"));
  EXPECT_THAT(sink.whys().front(), HasSubstr("the server closed the connection"));
}

TEST(subscriber_faults, a_host_that_is_none_is_told) {
  Options options;
  options.host = "no-such-host.invalid";
  RecordingSink sink;
  const Subscriber subscriber(options, sink);
  ASSERT_TRUE(sink.wait_for_downs(1));
  EXPECT_THAT(sink.whys().front(), HasSubstr("ost"));
}

TEST(subscriber_faults, ends_at_once_while_a_server_says_nothing) {
  std::atomic<bool> connected{false};
  const ScriptedRedis server([&](auto& socket, int) {
    connected = true;
    read_to_end(socket);
  });
  RecordingSink sink;
  auto subscriber = std::make_unique<Subscriber>(server.options(), sink);
  ASSERT_TRUE(becomes([&] { return connected.load(); }));
  const auto began = std::chrono::steady_clock::now();
  subscriber.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
}

}  // namespace
}  // namespace wsf::redis
