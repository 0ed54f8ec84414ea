#include "load/addresses.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>

namespace wsf::load {
namespace {

std::uint32_t ipv4(const SocketAddress& address) {
  return ntohl(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_addr.s_addr);
}

TEST(SourceAddresses, a_loopback_target_gets_at_least_four) {
  const auto sources = source_addresses({}, resolve("127.0.0.1", 80).value(), 10).value();
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_EQ(ipv4(sources.front()), 0x7f000002u);
}

TEST(SourceAddresses, one_is_there_for_each_20000_connections) {
  EXPECT_EQ(source_addresses({}, resolve("127.0.0.1", 80).value(), 100'001)->size(), 6u);
}

TEST(SourceAddresses, elsewhere_the_kernel_chooses) {
  EXPECT_TRUE(source_addresses({}, resolve("192.0.2.1", 80).value(), 10)->empty());
  EXPECT_TRUE(source_addresses({}, resolve("::1", 80).value(), 10)->empty());
}

TEST(SourceAddresses, a_number_means_so_many_loopback_addresses) {
  const auto target = resolve("127.0.0.1", 80).value();
  EXPECT_EQ(source_addresses({"9"}, target, 10)->size(), 9u);
  EXPECT_EQ(ipv4(source_addresses({"9"}, target, 10)->back()), 0x7f00000au);
  EXPECT_FALSE(source_addresses({"0"}, target, 10));
  EXPECT_FALSE(source_addresses({"251"}, target, 10));
  EXPECT_FALSE(source_addresses({"2"}, resolve("::1", 80).value(), 10));
}

TEST(SourceAddresses, given_ones_are_taken_or_refused) {
  const auto target = resolve("127.0.0.1", 80).value();
  EXPECT_EQ(source_addresses({"127.0.0.9"}, target, 10)->size(), 1u);
  EXPECT_FALSE(source_addresses({"localhost"}, target, 10));
  EXPECT_FALSE(source_addresses({"::1"}, target, 10));
}

}  // namespace
}  // namespace wsf::load
