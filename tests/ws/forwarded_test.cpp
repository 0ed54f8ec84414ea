#include "ws/forwarded.hpp"

#include <gtest/gtest.h>

namespace wsf::ws {
namespace {

class Forwarded : public testing::Test {
 protected:
  IpAddress client(std::string_view peer = "10.0.0.1") {
    return client_of(parse_ip(peer).value(), request, IpRanges::parse({"10.0.0.0/8", "fd00::/8"}).value());
  }
  static IpAddress ip(std::string_view text) { return parse_ip(text).value(); }

  HttpRequest request;
};

TEST_F(Forwarded, a_request_that_says_nothing_is_from_its_peer) {
  EXPECT_EQ(client(), ip("10.0.0.1"));
}

TEST_F(Forwarded, nobody_is_believed_but_trusted_proxies) {
  request.forwarded_for = "198.51.100.7";
  EXPECT_EQ(client("192.0.2.1"), ip("192.0.2.1"));
  EXPECT_EQ(client("10.0.0.1"), ip("198.51.100.7"));
}

TEST_F(Forwarded, what_a_client_sent_itself_is_not_looked_at) {
  request.forwarded_for = "203.0.113.9, 10.0.0.9, 198.51.100.7, 10.0.0.2:443, [fd00::1]:80";
  EXPECT_EQ(client(), ip("198.51.100.7"));
}

TEST_F(Forwarded, the_standard_form_says_the_same) {
  request.forwarded = "for=203.0.113.9, for=\"[2001:db8::7]:4711\";proto=https;by=\"a,b\", By=x; For=10.0.0.2";
  EXPECT_EQ(client(), ip("2001:db8::7"));
}

TEST_F(Forwarded, where_the_trail_ends_the_last_proxy_stands_for_its_client) {
  for (const char* list : {"unknown", "198.51.100.7, _hidden", "198.51.100.7,", "\"", "for=198.51.100.7"}) {
    request.forwarded_for = list;
    EXPECT_EQ(client(), ip("10.0.0.1")) << list;
  }
  request.forwarded_for = "unknown, 10.0.0.2";
  EXPECT_EQ(client(), ip("10.0.0.2"));
}

TEST_F(Forwarded, of_two_forms_one_may_be_the_clients_own) {
  request.forwarded = "for=198.51.100.7";
  request.forwarded_for = "203.0.113.9";
  EXPECT_EQ(client(), ip("10.0.0.1"));
}

}  // namespace
}  // namespace wsf::ws
