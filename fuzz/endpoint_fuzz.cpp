// HOST:PORT as people type it: what is taken is read again as the same.

#include "base/check.hpp"
#include "ws/endpoint.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

using wsf::base::check;
using wsf::ws::parse_endpoint;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto endpoint = parse_endpoint({reinterpret_cast<const char*>(data), size});
  if (!endpoint) {
    check(!endpoint.error().message.empty(), "a refusal says why");
    return 0;
  }
  check(!endpoint->host.empty(), "a host is there");
  check(std::ranges::all_of(endpoint->host, [](unsigned char c) { return c > ' ' && c != 0x7F; }),
        "what is resolved is what was typed");
  const bool v6 = endpoint->host.find(':') != std::string::npos;
  const std::string shown = (v6 ? "[" + endpoint->host + "]" : endpoint->host) + ":" + std::to_string(endpoint->port);
  const auto again = parse_endpoint(shown);
  check(again && again->host == endpoint->host && again->port == endpoint->port, "its text names the same place");
  return 0;
}
