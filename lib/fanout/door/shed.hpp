#pragma once
// Connections that were closed before anything was read of a request, by cause: the cheapest way to say no.

#include "stats/counter.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace wsf::fanout {

enum class Shed {
  full,          // as many sockets as there is room for (socket_budget.hpp)
  rate,          // --max-connection-rate
  address,       // --max-connections-per-address
  address_rate,  // --max-connection-rate-per-address
  proxy_header,  // a trusted proxy sent no header of the PROXY protocol, or none in time
};
inline constexpr std::array<std::string_view, 5> kShedNames{"full", "rate", "address", "address_rate",
                                                            "proxy_header"};

using ShedCounters = std::array<stats::Counter, kShedNames.size()>;

}  // namespace wsf::fanout
