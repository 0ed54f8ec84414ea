#include "fanout/door/address_limits.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace wsf::fanout {
namespace {

using Verdict = AddressLimits::Verdict;

ws::IpAddress ip(const std::string& text) {
  return ws::parse_ip(text).value();
}

TEST(AddressLimits, an_address_has_so_many_connections_at_a_time) {
  AddressLimits limits;
  limits.set(2, 0);
  EXPECT_EQ(limits.enter(ip("192.0.2.1"), 0), Verdict::in);
  EXPECT_EQ(limits.enter(ip("192.0.2.1"), 0), Verdict::in);
  EXPECT_EQ(limits.enter(ip("192.0.2.1"), 0), Verdict::too_many);
  EXPECT_EQ(limits.enter(ip("192.0.2.2"), 0), Verdict::in);
  limits.leave(ip("192.0.2.1"));
  EXPECT_EQ(limits.enter(ip("192.0.2.1"), 0), Verdict::in);
}

TEST(AddressLimits, addresses_of_one_ipv6_network_count_together) {
  AddressLimits limits;
  limits.set(1, 0);
  EXPECT_EQ(limits.enter(ip("2001:db8::1"), 0), Verdict::in);
  EXPECT_EQ(limits.enter(ip("2001:db8::2"), 0), Verdict::too_many);
  EXPECT_EQ(limits.enter(ip("2001:db8:0:1::1"), 0), Verdict::in);
}

TEST(AddressLimits, new_connections_have_a_rate_that_outlasts_them) {
  AddressLimits limits;
  limits.set(0, 2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(limits.enter(ip("192.0.2.1"), 1'000), Verdict::in);
    limits.leave(ip("192.0.2.1"));
  }
  EXPECT_EQ(limits.enter(ip("192.0.2.1"), 1'000), Verdict::too_fast);
  EXPECT_EQ(limits.enter(ip("192.0.2.1"), 1'500), Verdict::in);
}

TEST(AddressLimits, the_table_holds_those_with_connections_and_a_bounded_number_of_others) {
  AddressLimits limits;
  limits.set(10, 1);
  EXPECT_EQ(limits.enter(ip("192.0.2.1"), 0), Verdict::in);
  for (std::size_t i = 0; i < AddressLimits::kMaxIdle + 10; ++i) {
    const std::string text = fmt::format("10.{}.{}.{}", i >> 16, (i >> 8) & 0xFF, i & 0xFF);
    EXPECT_EQ(limits.enter(ip(text), 0), Verdict::in);
    limits.leave(ip(text));
  }
  EXPECT_LE(limits.addresses(), 20u);
  limits.leave(ip("192.0.2.1"));
}

TEST(AddressLimits, without_a_rate_nothing_is_remembered) {
  AddressLimits limits;
  limits.set(10, 0);
  EXPECT_EQ(limits.enter(ip("192.0.2.1"), 0), Verdict::in);
  limits.leave(ip("192.0.2.1"));
  EXPECT_EQ(limits.addresses(), 0u);
}

}  // namespace
}  // namespace wsf::fanout
