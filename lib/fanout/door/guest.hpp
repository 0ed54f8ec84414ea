#pragma once
// Whom a socket is from, as far as that counts for a limit.

#include "ws/ip_address.hpp"

namespace wsf::fanout {

struct Guest {
  ws::IpAddress address{};
  bool counted = false;  // in AddressLimits; else its request may tell who it is (a trusted proxy's)
};

}  // namespace wsf::fanout
