#pragma once
// Where to listen, as people type it.

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wsf::ws {

struct Endpoint {
  std::string host;  // a name or an address, an IPv6 address without its brackets
  std::uint16_t port = 0;
};

// "HOST:PORT", an IPv6 address in brackets (RFC 3986 section 3.2). The port may be 0; neither may be left out. No
// percent-encoding: a host is what was typed.
base::Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace wsf::ws
