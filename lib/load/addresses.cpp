#include "load/addresses.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace wsf::load {
namespace {

constexpr std::size_t kConnectionsPerSource = 20'000;
constexpr std::size_t kLeastLoopbackSources = 4;
constexpr std::size_t kMostLoopbackSources = 250;           // 127.0.0.2 to 127.0.0.251
constexpr std::uint32_t kFirstLoopbackSource = 0x7f000002;  // 127.0.0.2

base::Result<SocketAddress> numeric(const std::string& address) {
  SocketAddress out;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    out.size = sizeof *v4;
  } else if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    out.size = sizeof *v6;
  } else {
    return base::Error{fmt::format("\"{}\" is no IP address", address)};
  }
  return out;
}

// A number in place of addresses.
std::optional<std::size_t> loopback_count(const std::vector<std::string>& given) {
  if (given.size() != 1) return std::nullopt;
  std::size_t count = 0;
  const char* end = given[0].data() + given[0].size();
  const auto [stop, error] = std::from_chars(given[0].data(), end, count);
  if (error != std::errc() || stop != end || count < 1 || count > kMostLoopbackSources) return std::nullopt;
  return count;
}

std::vector<SocketAddress> loopback_sources(std::size_t count) {
  std::vector<SocketAddress> out(count);
  for (std::size_t i = 0; i < out.size(); i++) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out[i].storage);
    v4->sin_family = AF_INET;
    v4->sin_addr.s_addr = htonl(kFirstLoopbackSource + static_cast<std::uint32_t>(i));
    out[i].size = sizeof *v4;
  }
  return out;
}

}  // namespace

bool SocketAddress::is_loopback() const {
  if (family() == AF_INET) {
    return (ntohl(reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr.s_addr) >> 24) == 127;
  }
  return family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr);
}

base::Result<SocketAddress> resolve(const std::string& host, std::uint16_t port) {
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  if (error != 0) return base::Error{fmt::format("cannot look up {}: {}", host, gai_strerror(error))};
  SocketAddress out;
  std::memcpy(&out.storage, found->ai_addr, found->ai_addrlen);
  out.size = found->ai_addrlen;
  freeaddrinfo(found);
  return out;
}

base::Result<std::vector<SocketAddress>> parse_addresses(const std::vector<std::string>& given) {
  if (const auto count = loopback_count(given)) return loopback_sources(*count);
  std::vector<SocketAddress> out;
  for (const std::string& address : given) {
    auto parsed = numeric(address);
    if (!parsed) return parsed.error();
    out.push_back(*parsed);
  }
  return out;
}

base::Result<std::vector<SocketAddress>> source_addresses(const std::vector<std::string>& given,
                                                          const SocketAddress& target, std::size_t connections) {
  if (given.empty()) {
    if (target.family() == AF_INET && target.is_loopback()) {
      const std::size_t wanted = (connections + kConnectionsPerSource - 1) / kConnectionsPerSource;
      return loopback_sources(std::max(wanted, kLeastLoopbackSources));
    }
    return std::vector<SocketAddress>{};
  }
  auto out = parse_addresses(given);
  if (!out) return out;
  for (std::size_t i = 0; i < out->size(); i++) {
    if ((*out)[i].family() == target.family()) continue;
    return base::Error{fmt::format("source address {} is of another family than the target's",
                                   given[std::min(i, given.size() - 1)])};
  }
  return out;
}

}  // namespace wsf::load
