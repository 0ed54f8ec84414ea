#include "ws/endpoint.hpp"

#include <gtest/gtest.h>

namespace wsf::ws {
namespace {

std::string shown(std::string_view text) {
  const auto endpoint = parse_endpoint(text);
  return endpoint ? endpoint->host + " " + std::to_string(endpoint->port) : "none";
}

TEST(Endpoint, is_a_host_and_a_port) {
  EXPECT_EQ(shown("127.0.0.1:9090"), "127.0.0.1 9090");
  EXPECT_EQ(shown("localhost:0"), "localhost 0");
  EXPECT_EQ(shown("[::1]:80"), "::1 80");
}

TEST(Endpoint, needs_both_and_nothing_else) {
  for (const char* text : {"", "9090", ":9090", "localhost", "localhost:", "localhost:x", "localhost:65536", "::1:80",
                           "[::1]", "u@h:1", "h:1/", "h:1 ", "h:00000000000000000001x", "a%00b:1"}) {
    EXPECT_EQ(shown(text), "none") << text;
  }
}

}  // namespace
}  // namespace wsf::ws
