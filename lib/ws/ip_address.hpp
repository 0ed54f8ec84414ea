#pragma once
// IP addresses as they count for limits, and ranges of them. Pure functions.

#include "base/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr_storage;

namespace wsf::ws {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // of IPv6; IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2)

  bool operator==(const IpAddress&) const = default;
  bool is_v4() const;
};

struct IpAddressHash {
  std::size_t operator()(const IpAddress& address) const;
};

// Without brackets, zone or port. std::nullopt: no address.
std::optional<IpAddress> parse_ip(std::string_view text);
// With them, as proxies write it: "192.0.2.1:80", "[2001:db8::1]:80", in quotes or not.
std::optional<IpAddress> parse_node(std::string_view text);
// Of another family: all zeros.
IpAddress ip_of(const sockaddr_storage& address);

// What one customer of a provider has: of IPv4 the address, of IPv6 its /64.
IpAddress block_of(const IpAddress& address);

class IpRanges {
 public:
  // "10.0.0.0/8", "2001:db8::/32", or single addresses.
  static base::Result<IpRanges> parse(const std::vector<std::string>& texts);

  bool contain(const IpAddress& address) const;
  bool empty() const { return ranges_.empty(); }

 private:
  struct Range {
    IpAddress network;
    unsigned bits = 128;  // of the 16 bytes
  };
  std::vector<Range> ranges_;
};

}  // namespace wsf::ws
