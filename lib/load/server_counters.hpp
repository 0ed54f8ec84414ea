#pragma once
// What the server says of itself at /metrics, where it does.

#include "load/client_socket.hpp"
#include "ws/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wsf::load {

struct ServerCounters {
  double sessions = 0, subscriptions = 0;

  bool operator==(const ServerCounters&) const = default;
};

// Of a Prometheus text; std::nullopt: it does not hold both.
std::optional<ServerCounters> parse_counters(std::string_view exposition);

// One GET on the server's port. Blocks for at most 2 s; std::nullopt: no answer, or another server's.
std::optional<ServerCounters> read_counters(const ws::Url& url, const Route& route);

}  // namespace wsf::load
