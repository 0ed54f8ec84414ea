#include "redis/leases.hpp"

#include "recording_sink.hpp"
#include "redis/commands.hpp"
#include "redis_server.hpp"
#include "scripted_redis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace wsf::redis {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr LeaseOptions kTwo{.prefix = "places:", .most = 2};
constexpr LeaseOptions kTwoSoon{.prefix = "places:", .most = 2, .lease = 3s};

// A process that takes places, and remembers which of them it was refused.
class Process : private Remembering {
 public:
  Process(const Options& options, const LeaseOptions& leases)
      : leases_(options, leases, [this](bool counting, const std::string& why) {
          note([&] { changes_.push_back(counting ? "counting" : why); });
        }) {}

  std::uint64_t take(const std::string& key = "ada") {
    return leases_.take(key, [this](std::uint64_t place) { note([&] { refused_.push_back(place); }); });
  }
  Leases& operator*() { return leases_; }

  std::vector<std::uint64_t> refused() const { return copy_of(refused_); }
  std::vector<std::string> changes() const { return copy_of(changes_); }

 private:
  std::vector<std::uint64_t> refused_;
  std::vector<std::string> changes_;
  Leases leases_;  // last: it calls until it is gone
};

long long ask(const RedisServer& server, std::initializer_list<std::string_view> command) {
  std::atomic<long long> answer{-1};
  Commands commands(server.options());
  commands.send(command, [&](const base::Result<Reply>& reply) {
    answer = !reply ? -1 : reply->kind == Reply::Kind::bytes ? std::stoll(reply->text) : reply->integer;
  });
  commands.drain(20s);
  return answer;
}
long long lease_end(const RedisServer& server) {
  return ask(server, {"EVAL", "return redis.call('ZRANGE', 'places:ada', 0, -1, 'WITHSCORES')[2]", "0"});
}
bool held_becomes(const RedisServer& server, long long count, const std::string& key = "places:ada") {
  return becomes([&] { return ask(server, {"ZCARD", key}) == count; });
}

TEST(leases, the_places_of_a_key_are_counted_over_all_processes) {
  const RedisServer server;
  Process one(server.options(), kTwo), other(server.options(), kTwo);
  one.take();
  ASSERT_TRUE(held_becomes(server, 1));
  other.take();
  ASSERT_TRUE(held_becomes(server, 2));
  const auto third = one.take();
  ASSERT_TRUE(becomes([&] { return !one.refused().empty(); }));
  EXPECT_THAT(one.refused(), ElementsAre(third));
  EXPECT_THAT(other.refused(), IsEmpty());
  EXPECT_EQ((*one).counters().held, 1U);
  EXPECT_EQ((*one).counters().refused, 1U);
}

TEST(leases, each_key_has_places_of_its_own) {
  const RedisServer server;
  Process process(server.options(), {.prefix = "places:", .most = 1});
  process.take("ada");
  process.take("bob");
  const auto second = process.take("ada");
  ASSERT_TRUE(becomes([&] { return !process.refused().empty(); }));
  EXPECT_THAT(process.refused(), ElementsAre(second));
  EXPECT_TRUE(held_becomes(server, 1, "places:bob"));
}

TEST(leases, a_place_that_is_released_is_free_for_another_process) {
  const RedisServer server;
  Process one(server.options(), kTwo), other(server.options(), kTwo);
  const auto first = one.take();
  one.take();
  ASSERT_TRUE(held_becomes(server, 2));
  (*one).release("ada", first);
  ASSERT_TRUE(held_becomes(server, 1));
  other.take();
  ASSERT_TRUE(held_becomes(server, 2));
  EXPECT_THAT(other.refused(), IsEmpty());
}

TEST(leases, a_place_that_was_refused_need_not_be_released) {
  const RedisServer server;
  Process process(server.options(), {.prefix = "places:", .most = 1});
  process.take();
  const auto refused = process.take();
  ASSERT_TRUE(becomes([&] { return !process.refused().empty(); }));
  (*process).release("ada", refused);
  EXPECT_TRUE(held_becomes(server, 1));
  EXPECT_EQ((*process).counters().held, 1U);
}

TEST(leases, a_place_is_renewed_until_it_is_released) {
  const RedisServer server;
  Process process(server.options(), kTwoSoon);
  const auto place = process.take();
  ASSERT_TRUE(held_becomes(server, 1));
  const auto ends = lease_end(server);
  EXPECT_TRUE(becomes([&] { return lease_end(server) > ends; }));
  (*process).release("ada", place);
  EXPECT_TRUE(held_becomes(server, 0));
}

TEST(leases, what_a_process_that_died_held_is_free_when_its_leases_have_ended) {
  const RedisServer server;
  ask(server, {"ZADD", "places:ada", "1", "dead:1", "1", "dead:2"});  // ended at the first millisecond of 1970
  Process process(server.options(), kTwo);
  process.take();
  EXPECT_TRUE(held_becomes(server, 1));
  EXPECT_THAT(process.refused(), IsEmpty());
}

TEST(leases, redis_forgets_the_key_when_its_last_lease_has_ended) {
  const RedisServer server;
  Process brief(server.options(), kTwoSoon), lasting(server.options(), kTwo);
  lasting.take();
  ASSERT_TRUE(held_becomes(server, 1));
  brief.take();
  ASSERT_TRUE(held_becomes(server, 2));
  const long long left_ms = ask(server, {"PTTL", "places:ada"});
  EXPECT_GT(left_ms, kTwoSoon.lease.count());
  EXPECT_LE(left_ms, kTwo.lease.count());
}

TEST(leases, nothing_is_left_in_redis_when_all_is_released) {
  const RedisServer server;
  {
    Process process(server.options(), kTwo);
    const auto place = process.take();
    ASSERT_TRUE(held_becomes(server, 1));
    (*process).release("ada", place);
    (*process).stop();
  }
  EXPECT_EQ(ask(server, {"EXISTS", "places:ada"}), 0);
}

TEST(leases, what_is_held_is_written_anew_after_a_restart_even_above_the_limit) {
  RedisServer server;
  Process two(server.options(), kTwoSoon), three(server.options(), {.prefix = "places:", .most = 3, .lease = 3s});
  two.take();
  two.take();
  ASSERT_TRUE(held_becomes(server, 2));
  three.take();
  ASSERT_TRUE(held_becomes(server, 3));
  server.stop();
  server.start();
  ASSERT_TRUE(held_becomes(server, 3));
  const auto another = two.take();
  ASSERT_TRUE(becomes([&] { return !two.refused().empty(); }));
  EXPECT_THAT(two.refused(), ElementsAre(another));
  EXPECT_THAT(three.refused(), IsEmpty());
}

TEST(leases, an_outage_is_told_once_with_its_cause_and_so_is_its_end) {
  RedisServer server;
  server.stop();
  Process process(server.options(), kTwoSoon);
  for (int i = 0; i < 5; ++i) process.take();
  ASSERT_TRUE(becomes([&] { return !process.changes().empty(); }));
  EXPECT_FALSE((*process).counters().counting);
  EXPECT_EQ((*process).counters().held, 5U);
  server.start();
  ASSERT_TRUE(becomes([&] { return process.changes().size() == 2; }));
  EXPECT_THAT(process.changes(), ElementsAre(HasSubstr("Connection refused"), "counting"));
  ASSERT_TRUE(becomes([&] { return (*process).counters().counting; }));
}

TEST(leases, an_error_of_redis_grants_the_place_and_is_told) {
  const RedisServer server({"--user", "default", "on", "nopass", "+@all", "-zadd", "~*"});
  Process process(server.options(), kTwo);
  for (int i = 0; i < 5; ++i) process.take();
  ASSERT_TRUE(becomes([&] { return (*process).counters().failures >= 5; }));
  EXPECT_THAT(process.refused(), IsEmpty());
  EXPECT_THAT(process.changes(), ElementsAre(HasSubstr("this command")));
}

// The script is unknown to a server that was restarted: what was asked is asked again with its text, but not for a
// place that was released meanwhile.
TEST(leases, a_place_that_is_released_before_its_script_is_known_is_not_asked_for_again) {
  std::promise<void> asked, released;
  std::string heard;
  {
    const ScriptedRedis server([&](auto& socket, int) {
      greet(socket);
      read_until(socket, ":1\r\n");
      asked.set_value();
      released.get_future().wait();
      say(socket, "-NOSCRIPT No matching script.\r\n:0\r\n");
      for (char c = 0;; heard += c) socket.read_some(boost::asio::buffer(&c, 1));
    });
    Process process(server.options(), kTwo);
    const auto place = process.take();
    asked.get_future().wait();
    (*process).release("ada", place);
    released.set_value();
    (*process).stop();
  }
  EXPECT_THAT(heard, HasSubstr("ZREM"));
  EXPECT_THAT(heard, Not(HasSubstr("EVAL")));
}

TEST(leases, nothing_happens_after_the_end) {
  const RedisServer server;
  Process process(server.options(), {.prefix = "places:", .most = 1});
  const auto place = process.take();
  ASSERT_TRUE(held_becomes(server, 1));
  (*process).stop();
  process.take();
  (*process).release("ada", place);
  EXPECT_EQ(ask(server, {"ZCARD", "places:ada"}), 1) << "nothing is released any more";
  EXPECT_THAT(process.refused(), IsEmpty()) << "nothing is asked for any more";
}

}  // namespace
}  // namespace wsf::redis
