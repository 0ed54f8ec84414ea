#pragma once
// What a server says first to a client that has just come, and asks for nothing more.

#include "base/result.hpp"
#include "load/client_socket.hpp"
#include "load/dialect.hpp"

#include <string>

namespace wsf::load {

// Connects, upgrades, and returns the first text message. Blocks, for 2 s at most while nothing comes. The error says
// what came instead.
base::Result<std::string> first_message_of(const Route& route, const UpgradeRequest& request);

}  // namespace wsf::load
