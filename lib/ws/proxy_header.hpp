#pragma once
// The header of the PROXY protocol, versions 1 and 2, in which a load balancer says whose connection it passes on
// (haproxy.org, proxy-protocol.txt). It comes before everything else, TLS included. Pure functions.

#include "ws/ip_address.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace wsf::ws {

inline constexpr std::size_t kMaxProxyHeaderBytes = 4096;  // of version 2, whose rest (TLVs) is skipped

struct ProxyHeader {
  enum class State { need_more, complete, malformed } state = State::need_more;
  std::size_t bytes = 0;              // of a complete one
  std::optional<IpAddress> source{};  // none: the balancer's own connection, a health check, or of another family
};

// `bytes`: all that came so far.
ProxyHeader read_proxy_header(std::string_view bytes);

}  // namespace wsf::ws
