#include "ws/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::ws {
namespace {

using ::testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto url = parse_url(text);
  return url ? "" : url.error().message;
}

TEST(url, has_host_port_and_target) {
  const auto url = parse_url("ws://prices.example:8082/ws/fx-rates?meta=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "prices.example");
  EXPECT_EQ(url->port, 8082);
  EXPECT_EQ(url->target, "/ws/fx-rates?meta=1");
  EXPECT_EQ(url->text(), "ws://prices.example:8082/ws/fx-rates?...") << "a query may hold a token";
}

TEST(url, without_port_is_port_80_and_names_none_in_the_host_header) {
  const auto url = parse_url("ws://prices.example/ws");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->port, 80);
  EXPECT_EQ(url->authority(), "prices.example");
}

TEST(url, with_tls_is_port_443) {
  const auto url = parse_url("wss://prices.example/ws");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->authority(), "prices.example");
  EXPECT_EQ(url->text(), "wss://prices.example/ws");
  EXPECT_EQ(parse_url("WSS://h:80/")->authority(), "h:80");
}

TEST(url, without_path_asks_for_the_root) {
  EXPECT_EQ(parse_url("ws://h")->target, "/");
  EXPECT_EQ(parse_url("ws://h?x=1")->target, "/?x=1");
}

TEST(url, takes_an_ipv6_address_in_brackets) {
  const auto url = parse_url("ws://[::1]:8082/ws");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->authority(), "[::1]:8082");
}

TEST(url, scheme_is_not_case_sensitive) {
  EXPECT_TRUE(parse_url("WS://h/"));
}

struct Refused {
  const char* text;
  const char* says;
};

class url_refused : public ::testing::TestWithParam<Refused> {};

TEST_P(url_refused, says_what_would_be_right) {
  EXPECT_THAT(error_of(GetParam().text), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    table, url_refused,
    ::testing::Values(Refused{"", "no scheme"}, Refused{"localhost:8082/ws", "write ws://localhost:8082/ws"},
                      Refused{"https://h:1/ws", "write wss://h:1/ws"}, Refused{"http://h:1/ws", "write ws://h:1/ws"},
                      Refused{"ftp://h/", "unknown scheme ftp://"}, Refused{"ws://", "no valid host name"},
                      Refused{"ws:///path", "no valid host name"}, Refused{"ws://h:0/", "1 to 65535"},
                      Refused{"ws://h:65536/", "1 to 65535"}, Refused{"ws://h:80a/", "1 to 65535"},
                      Refused{"ws://h:/", "1 to 65535"}, Refused{"ws://::1/", "in brackets"},
                      Refused{"ws://[::1/", "not closed"}, Refused{"ws://[zz]/", "no IPv6 address"},
                      Refused{"ws://[::1]8082/", "only :PORT"}, Refused{"ws://h/a b", "a space"},
                      Refused{"ws://h/\r\nX: y", "a space"}, Refused{"ws://h/#top", "no fragment"}));

TEST(url, error_never_repeats_a_password) {
  const auto error = error_of("ws://me:hunter2@h/");
  EXPECT_THAT(error, HasSubstr("user name"));
  EXPECT_THAT(error, ::testing::Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace wsf::ws
