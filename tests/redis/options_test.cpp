#include "redis/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::redis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal(std::string_view url) {
  const auto options = parse_redis_url(url);
  return options ? "taken" : options.error().message;
}

TEST(redis_url, names_all_parts) {
  const auto options = parse_redis_url("rediss://reader:s%40cret@redis.example:6380/3");
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->tls.has_value());
  EXPECT_EQ(options->host, "redis.example");
  EXPECT_EQ(options->port, 6380);
  EXPECT_EQ(options->user, "reader");
  EXPECT_EQ(options->password, "s@cret");
  EXPECT_EQ(options->database, 3U);
}

TEST(redis_url, a_host_is_enough) {
  const auto options = parse_redis_url("redis://redis");
  ASSERT_TRUE(options);
  EXPECT_FALSE(options->tls.has_value());
  EXPECT_EQ(options->host, "redis");
  EXPECT_EQ(options->port, 6379);
  EXPECT_EQ(options->user, "");
  EXPECT_EQ(options->database, 0U);
}

TEST(redis_url, takes_a_password_without_a_user_and_an_ipv6_address) {
  const auto options = parse_redis_url("redis://:secret@[::1]:7000/");
  ASSERT_TRUE(options);
  EXPECT_EQ(options->host, "::1");
  EXPECT_EQ(options->user, "");
  EXPECT_EQ(options->password, "secret");
}

TEST(redis_url, its_text_names_the_place_but_never_the_password) {
  EXPECT_EQ(parse_redis_url("redis://u:secret@h:7000/2")->text(), "redis://u@h:7000/2");
  EXPECT_EQ(parse_redis_url("rediss://:secret@[::1]")->text(), "rediss://[::1]:6379");
}

TEST(redis_url, a_refusal_says_what_would_be_right) {
  EXPECT_THAT(refusal("localhost:6379"), HasSubstr("redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]"));
  EXPECT_THAT(refusal("http://localhost"), HasSubstr("redis://"));
  EXPECT_THAT(refusal("redis:///0"), HasSubstr("names no host"));
  EXPECT_THAT(refusal("unix:///run/redis.sock"), HasSubstr("Unix socket"));
  EXPECT_THAT(refusal("redis://h/name"), HasSubstr("number of a database"));
  EXPECT_THAT(refusal("redis://h/-1"), HasSubstr("number of a database"));
  EXPECT_THAT(refusal("redis://h:0"), HasSubstr("port"));
  EXPECT_THAT(refusal("redis://h:70000"), HasSubstr("port"));
  EXPECT_THAT(refusal("redis://h?db=1"), HasSubstr("neither query nor fragment"));
  EXPECT_THAT(refusal(""), HasSubstr("redis://"));
  EXPECT_THAT(refusal("redis://" + std::string(5000, 'h')), HasSubstr("too long"));
}

TEST(redis_url, no_refusal_shows_the_password) {
  for (const auto* url : {"redis://u:secret@h/name", "redis://u:secret@", "http://u:secret@h", "redis://u:secret h@x",
                          "redis://u:secret@h:x", "redis://u:secret@h#f"}) {
    EXPECT_THAT(refusal(url), Not(HasSubstr("secret"))) << url;
    EXPECT_NE(refusal(url), "taken") << url;
  }
}

}  // namespace
}  // namespace wsf::redis
