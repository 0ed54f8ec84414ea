#include "redis/commands.hpp"

#include "recording_sink.hpp"
#include "redis_server.hpp"
#include "scripted_redis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

namespace wsf::redis {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Keeps each answer as a text: "status OK", "error ...".
class Answers {
 public:
  Commands::OnAnswer keep() {
    return [this](const base::Result<Reply>& reply) {
      const std::lock_guard lock(mutex_);
      texts_.push_back(!reply                                ? "error " + reply.error().message
                       : reply->kind == Reply::Kind::integer ? std::to_string(reply->integer)
                                                             : reply->text);
    };
  }
  std::vector<std::string> texts() const {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> texts_;
};

TEST(commands, each_has_its_own_answer_in_order) {
  const RedisServer server;
  Answers answers;
  Commands commands(server.options());
  commands.send({"SET", "k", "1"}, answers.keep());
  commands.send({"INCR", "k"}, answers.keep());
  commands.send({"NOSUCH"}, answers.keep());
  commands.send({"GET", "k"}, answers.keep());
  ASSERT_TRUE(commands.drain(20s));
  ASSERT_EQ(answers.texts().size(), 4U);
  EXPECT_EQ(answers.texts()[0], "OK");
  EXPECT_EQ(answers.texts()[1], "2");
  EXPECT_THAT(answers.texts()[2], HasSubstr("error ERR unknown command"));
  EXPECT_EQ(answers.texts()[3], "2");
  EXPECT_EQ(commands.counters().answered, 4U);
  EXPECT_EQ(commands.counters().outstanding, 0U);
}

TEST(commands, many_are_pipelined_and_none_is_lost) {
  const RedisServer server;
  Commands commands(server.options());
  std::atomic<long long> last{0};
  for (int i = 0; i < 50'000; ++i) {
    ASSERT_TRUE(commands.send({"INCR", "k"}, [&](const base::Result<Reply>& reply) { last = reply->integer; }));
  }
  ASSERT_TRUE(commands.drain(20s));
  EXPECT_EQ(last, 50'000);
}

TEST(commands, an_answer_may_lead_to_the_next_command) {
  const RedisServer server;
  Answers answers;
  Commands commands(server.options());
  commands.send({"SET", "k", "v"}, [&](const base::Result<Reply>&) { commands.send({"GET", "k"}, answers.keep()); });
  ASSERT_TRUE(commands.drain(20s));
  EXPECT_THAT(answers.texts(), ElementsAre("v"));
}

TEST(commands, what_comes_before_the_server_waits_for_it) {
  RedisServer server;
  server.stop();
  Answers answers;
  Commands commands(server.options());
  commands.send({"SET", "k", "v"}, answers.keep());
  server.start();
  ASSERT_TRUE(commands.drain(20s));
  EXPECT_THAT(answers.texts(), ElementsAre("OK"));
}

TEST(commands, what_waits_too_long_is_given_up_with_the_reason) {
  RedisServer server;
  server.stop();
  Answers answers;
  Commands commands(server.options(), {.send_timeout = 50ms});
  commands.send({"PING"}, answers.keep());
  commands.send({"PING"}, answers.keep());
  ASSERT_TRUE(commands.drain(20s));
  ASSERT_EQ(answers.texts().size(), 2U);
  EXPECT_THAT(answers.texts(), Each(HasSubstr("not sent within 50 ms: Connection refused")));
  EXPECT_EQ(commands.counters().failed, 2U);
}

TEST(commands, are_bounded_in_number_and_bytes) {
  RedisServer server;
  server.stop();
  Commands few(server.options(), {.max_commands = 2});
  EXPECT_TRUE(few.send({"PING"}));
  EXPECT_TRUE(few.send({"PING"}));
  EXPECT_FALSE(few.send({"PING"}));
  EXPECT_EQ(few.counters().refused, 1U);
  Commands small(server.options(), {.max_bytes = 100});
  EXPECT_FALSE(small.send({"SET", "k", std::string(100, 'x')}));
  EXPECT_TRUE(small.send({"SET", "k", "x"}));
}

TEST(commands, what_was_written_to_a_connection_that_is_lost_fails_and_is_not_sent_again) {
  const ScriptedRedis server([](auto& socket, int number) {
    greet(socket);
    if (number == 0) {
      read_until(socket, "INCR");
      return;
    }
    read_until(socket, "GET");
    say(socket, "$1\r\n7\r\n");
    read_to_end(socket);
  });
  Answers answers;
  Commands commands(server.options());
  commands.send({"INCR", "k"}, answers.keep());
  ASSERT_TRUE(commands.drain(20s));
  commands.send({"GET", "k"}, answers.keep());
  ASSERT_TRUE(commands.drain(20s));
  EXPECT_THAT(answers.texts(), ElementsAre(HasSubstr("error no answer: "), "7"));
  EXPECT_EQ(commands.counters().connects, 2U);
}

TEST(commands, an_answer_that_nobody_asked_for_ends_the_connection) {
  const ScriptedRedis server([](auto& socket, int number) {
    greet(socket);
    if (number == 0) say(socket, "+OK\r\n");
    read_until(socket, "GET");
    say(socket, "$1\r\n7\r\n");
    read_to_end(socket);
  });
  Answers answers;
  Commands commands(server.options());
  ASSERT_TRUE(becomes([&] { return commands.counters().connects == 2; }));
  EXPECT_THAT(commands.last_error(), HasSubstr("nobody asked for"));
  commands.send({"GET", "k"}, answers.keep());
  ASSERT_TRUE(commands.drain(20s));
  EXPECT_THAT(answers.texts(), ElementsAre("7"));
}

TEST(commands, a_restart_of_the_server_is_survived) {
  RedisServer server;
  Answers answers;
  Commands commands(server.options());
  commands.send({"PING"}, answers.keep());
  ASSERT_TRUE(commands.drain(20s));
  server.stop();
  ASSERT_TRUE(becomes([&] { return !commands.up(); }));
  server.start();
  commands.send({"PING"}, answers.keep());
  ASSERT_TRUE(commands.drain(20s));
  EXPECT_THAT(answers.texts(), ElementsAre("PONG", "PONG"));
}

TEST(commands, silence_is_broken_by_a_ping_of_its_own) {
  const RedisServer server;
  auto options = server.options();
  options.silence = 5ms;
  Answers answers;
  Commands commands(options);
  ASSERT_TRUE(becomes([&] {
    answers.texts();
    Commands other(server.options());
    std::string stats;
    other.send({"INFO", "commandstats"}, [&](const base::Result<Reply>& reply) { stats = reply->text; });
    other.drain(20s);
    const auto at = stats.find("cmdstat_ping:calls=");
    return at != std::string::npos && std::stoi(stats.substr(at + 19)) > 30;
  }));
  commands.send({"ECHO", "hello"}, answers.keep());
  ASSERT_TRUE(commands.drain(20s));
  EXPECT_THAT(answers.texts(), ElementsAre("hello"));
  EXPECT_EQ(commands.counters().connects, 1U);
}

}  // namespace
}  // namespace wsf::redis
