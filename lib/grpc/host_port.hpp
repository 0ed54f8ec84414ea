#pragma once

#include <cstdint>
#include <string>

namespace wsf::grpc {

// "host:port"; an IPv6 address gets its brackets.
inline std::string host_port(const std::string& host, std::uint16_t port) {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

}  // namespace wsf::grpc
