#include "ws/ip_address.hpp"

#include <gtest/gtest.h>

namespace wsf::ws {
namespace {

IpAddress ip(std::string_view text) {
  return parse_ip(text).value();
}

TEST(IpAddress, is_read_in_both_families) {
  EXPECT_TRUE(ip("192.0.2.1").is_v4());
  EXPECT_FALSE(ip("2001:db8::1").is_v4());
  EXPECT_EQ(ip("::ffff:192.0.2.1"), ip("192.0.2.1"));
  for (const char* text : {"", "192.0.2", "192.0.2.256", "192.0.2.1:80", "[::1]", "::1%lo", "unknown", "1.2.3.4 "}) {
    EXPECT_FALSE(parse_ip(text)) << text;
  }
  EXPECT_FALSE(parse_ip(std::string_view("1.2.3.4\0", 8)));
}

TEST(IpAddress, is_found_among_what_proxies_write_around_it) {
  for (const char* text : {"192.0.2.1", "192.0.2.1:80", "\"192.0.2.1:80\"", " 192.0.2.1\t"}) {
    EXPECT_EQ(parse_node(text), ip("192.0.2.1")) << text;
  }
  for (const char* text : {"2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80", "\"[2001:db8::1]:80\""}) {
    EXPECT_EQ(parse_node(text), ip("2001:db8::1")) << text;
  }
  for (const char* text : {"", "unknown", "_hidden", "[", "[]", ":80", "\"", "[2001:db8::1"}) {
    EXPECT_FALSE(parse_node(text)) << text;
  }
}

TEST(IpAddress, of_ipv6_counts_by_its_64_bits) {
  EXPECT_EQ(block_of(ip("192.0.2.1")), ip("192.0.2.1"));
  EXPECT_EQ(block_of(ip("2001:db8:1:2:3:4:5:6")), ip("2001:db8:1:2::"));
}

TEST(IpRanges, contain_what_lies_in_one_of_them) {
  const IpRanges ranges = IpRanges::parse({"10.0.0.0/8", "192.0.2.7", "2001:db8::/33"}).value();
  EXPECT_TRUE(ranges.contain(ip("10.255.0.1")));
  EXPECT_TRUE(ranges.contain(ip("192.0.2.7")));
  EXPECT_TRUE(ranges.contain(ip("2001:db8:7fff::1")));
  EXPECT_FALSE(ranges.contain(ip("11.0.0.1")));
  EXPECT_FALSE(ranges.contain(ip("192.0.2.8")));
  EXPECT_FALSE(ranges.contain(ip("2001:db8:8000::1")));
  EXPECT_FALSE(IpRanges().contain(ip("10.0.0.1")));
  EXPECT_TRUE(IpRanges::parse({"0.0.0.0/0"}).value().contain(ip("1.2.3.4")));
  EXPECT_FALSE(IpRanges::parse({"0.0.0.0/0"}).value().contain(ip("::1")));
}

TEST(IpRanges, that_are_none_are_named) {
  for (const char* text :
       {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1", "::/129", "localhost", "/8"}) {
    const auto ranges = IpRanges::parse({text});
    ASSERT_TRUE(ranges.has_error()) << text;
    EXPECT_NE(ranges.error().message.find('"' + std::string(text) + '"'), std::string::npos);
  }
}

}  // namespace
}  // namespace wsf::ws
