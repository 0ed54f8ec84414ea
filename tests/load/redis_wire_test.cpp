#include "load/redis_wire.hpp"

#include "base/exit_codes.hpp"
#include "redis/redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const std::atomic<bool> kNotStopped{false};

struct RedisWireTest : testing::Test {
  std::vector<std::string> settled;
  const FeedWire::OnSettled on_settled = [this](std::uint64_t tag, std::int64_t, bool confirmed) {
    settled.push_back(std::to_string(tag) + (confirmed ? " confirmed" : " failed"));
  };
};

TEST_F(RedisWireTest, every_event_is_settled_on_the_thread_that_sends) {
  const redis::RedisServer server;
  RedisWire wire(server.options(), {"ws:ada", "ws:bob"}, on_settled);
  ASSERT_TRUE(wire.wait_until_ready(kNotStopped, -1));
  EXPECT_TRUE(wire.send({1, "bob", "{}"}, 7));
  EXPECT_TRUE(wire.send({0, "ada", "{}"}, 8));
  EXPECT_TRUE(wire.flush(20s));
  EXPECT_THAT(settled, ElementsAre("7 confirmed", "8 confirmed"));
  EXPECT_EQ(wire.confirmed(), 2u);
  EXPECT_EQ(wire.unheard(), 2u);
  EXPECT_EQ(wire.outstanding(), 0u);
}

TEST_F(RedisWireTest, what_redis_refuses_has_failed) {
  const redis::RedisServer server({"--user", "default", "on", "nopass", "~*", "resetchannels", "+@all"});
  RedisWire wire(server.options(), {"ws:ada"}, on_settled);
  EXPECT_TRUE(wire.send({0, "ada", "{}"}, 3));
  EXPECT_TRUE(wire.flush(20s));
  EXPECT_THAT(settled, ElementsAre("3 failed"));
  EXPECT_EQ(wire.failed(), 1u);
  EXPECT_THAT(wire.last_error(), HasSubstr("NOPERM"));
}

TEST_F(RedisWireTest, a_redis_that_lets_nobody_in_is_told_in_one_line) {
  const redis::RedisServer server({"--requirepass", "other"});
  RedisWire wire(server.options(), {"ws:ada"}, on_settled);
  try {
    wire.wait_until_ready(kNotStopped, -1);
    FAIL() << "nothing was thrown";
  } catch (const base::StartupError& error) {
    EXPECT_EQ(error.code(), base::Exit::refused);
    EXPECT_THAT(error.what(), HasSubstr("--redis-password-file"));
  }
}

}  // namespace
}  // namespace wsf::load
