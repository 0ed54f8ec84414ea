#pragma once
// A path of the server, and who may connect there: what there is once for all shards of one protocol.

#include "fanout/door/user_connections.hpp"
#include "fanout/options.hpp"

#include <atomic>
#include <cstdint>

namespace wsf::auth {
class KeyStore;
}

namespace wsf::fanout {

struct Route {
  RouteOptions options;
  auth::KeyStore* keys = nullptr;          // nullptr: everybody may connect
  UserConnections users{};                 // of all shards; any thread
  std::atomic<std::uint64_t> admitted{0};  // connections to it, of all shards
  std::atomic<std::uint64_t> failed{0};    // of them, ended by a fault of theirs or of the line
};

}  // namespace wsf::fanout
