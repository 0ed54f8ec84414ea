#include "ws/ip_address.hpp"

#include "base/trimmed.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace wsf::ws {
namespace {

constexpr std::array<std::uint8_t, 12> kV4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kBits = 128;
constexpr unsigned kV4PrefixBits = 96;
constexpr unsigned kCustomerBits = 64;

IpAddress of_v4(const void* four_bytes) {
  IpAddress out;
  std::ranges::copy(kV4Prefix, out.bytes.begin());
  std::memcpy(out.bytes.data() + kV4Prefix.size(), four_bytes, 4);
  return out;
}

// The first bits, the rest zeros.
IpAddress network_of(IpAddress address, unsigned bits) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const int kept = std::clamp(static_cast<int>(bits) - static_cast<int>(8 * i), 0, 8);
    address.bytes[i] = static_cast<std::uint8_t>(address.bytes[i] & (0xFF00 >> kept));
  }
  return address;
}

std::string_view without_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::equal(kV4Prefix.begin(), kV4Prefix.end(), bytes.begin());
}

std::size_t IpAddressHash::operator()(const IpAddress& address) const {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  const std::string ended(text);
  in_addr v4{};
  IpAddress out;
  if (ended.size() != std::strlen(ended.c_str())) return std::nullopt;
  if (inet_pton(AF_INET, ended.c_str(), &v4) == 1) return of_v4(&v4);
  if (inet_pton(AF_INET6, ended.c_str(), out.bytes.data()) == 1) return out;
  return std::nullopt;
}

std::optional<IpAddress> parse_node(std::string_view text) {
  text = without_quotes(base::trimmed(text));
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    return end == text.npos ? std::nullopt : parse_ip(text.substr(1, end - 1));
  }
  const bool has_port = std::ranges::count(text, ':') == 1;
  return parse_ip(has_port ? text.substr(0, text.find(':')) : text);
}

IpAddress ip_of(const sockaddr_storage& address) {
  IpAddress out;
  if (address.ss_family == AF_INET) return of_v4(&reinterpret_cast<const sockaddr_in&>(address).sin_addr);
  if (address.ss_family == AF_INET6) {
    std::memcpy(out.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, out.bytes.size());
  }
  return out;
}

IpAddress block_of(const IpAddress& address) {
  return address.is_v4() ? address : network_of(address, kCustomerBits);
}

base::Result<IpRanges> IpRanges::parse(const std::vector<std::string>& texts) {
  IpRanges out;
  for (const std::string& text : texts) {
    const std::size_t slash = text.find('/');
    const auto address = parse_ip(std::string_view(text).substr(0, slash));
    unsigned bits = kBits;
    bool whole = address.has_value();
    if (whole && slash != std::string::npos) {
      const char* const end = text.data() + text.size();
      const auto read = std::from_chars(text.data() + slash + 1, end, bits);
      whole = read.ec == std::errc() && read.ptr == end && bits <= (address->is_v4() ? kBits - kV4PrefixBits : kBits);
      if (address->is_v4()) bits += kV4PrefixBits;
    }
    if (!whole) return base::Error{fmt::format("\"{}\" is no range of addresses (try 10.0.0.0/8)", text)};
    out.ranges_.push_back({network_of(*address, bits), bits});
  }
  return out;
}

bool IpRanges::contain(const IpAddress& address) const {
  return std::ranges::any_of(ranges_,
                             [&](const Range& range) { return network_of(address, range.bits) == range.network; });
}

}  // namespace wsf::ws
