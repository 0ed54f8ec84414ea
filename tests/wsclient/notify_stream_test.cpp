#include "wsclient/notify_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using ::testing::HasSubstr;

TEST(notify_stream, whatever_is_published_is_a_notification) {
  NotifyStream stream({.in_words = true});
  EXPECT_THAT(stream.take(R"({"type":"batch_ready","n":1})", 0).line, HasSubstr(" batch_ready n=1"));
  EXPECT_THAT(stream.take("plain words", 0).line, HasSubstr(" plain words"));
  EXPECT_TRUE(stream.take("[1]", 0).is_update);
  EXPECT_TRUE(stream.take(R"({"type":"error","code":"disk_full"})", 0).is_update);
  EXPECT_EQ(stream.updates(), 4u);
}

TEST(notify_stream, a_lost_feed_is_told_and_is_no_notification) {
  NotifyStream stream({.in_words = true});
  const auto heard = stream.take(R"({"type":"error","code":"feed_unavailable"})", 0);
  EXPECT_THAT(heard.told, HasSubstr("lost its feed (feed_unavailable)"));
  EXPECT_FALSE(heard.is_update);
  EXPECT_EQ(heard.line, "");
}

TEST(notify_stream, a_connection_that_comes_back_says_that_nothing_was_kept) {
  NotifyStream stream({});
  EXPECT_EQ(stream.on_up().told, "");
  EXPECT_THAT(stream.on_up().told, HasSubstr("what was published in between was not kept"));
  EXPECT_EQ(stream.query(), "");
}

}  // namespace
}  // namespace wsf::wsclient
