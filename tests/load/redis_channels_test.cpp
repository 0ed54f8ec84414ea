#include "load/redis_channels.hpp"

#include "redis/commands.hpp"
#include "redis/redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;

TEST(redis_channels, what_nobody_listens_to_is_counted) {
  const redis::RedisServer server;
  redis::Commands commands(server.options());
  RedisChannels channels(commands);
  channels.put("ws:ada", "1");
  channels.put("ws:bob", "2");
  ASSERT_TRUE(commands.drain(20s));
  EXPECT_EQ(channels.counts().answered, 2U);
  EXPECT_EQ(channels.counts().receivers, 0U);
  EXPECT_EQ(channels.counts().unheard, 2U);
  EXPECT_EQ(channels.last_failure(), "");
}

TEST(redis_channels, what_redis_refuses_has_failed_and_its_words_are_kept) {
  const redis::RedisServer server({"--user", "default", "on", "nopass", "~*", "resetchannels", "+@all"});
  redis::Commands commands(server.options());
  RedisChannels channels(commands);
  channels.put("ws:ada", "1");
  ASSERT_TRUE(commands.drain(20s));
  EXPECT_EQ(channels.counts().failed, 1U);
  EXPECT_THAT(channels.last_failure(), ::testing::HasSubstr("NOPERM"));
}

TEST(redis_channels, takes_no_more_than_may_be_unanswered) {
  redis::RedisServer server;
  server.stop();
  redis::Commands commands(server.options(), {.max_commands = 1});
  RedisChannels channels(commands);
  EXPECT_TRUE(channels.put("ws:ada", "1"));
  EXPECT_FALSE(channels.put("ws:ada", "2"));
  server.start();
  ASSERT_TRUE(commands.drain(20s));
}

}  // namespace
}  // namespace wsf::load
