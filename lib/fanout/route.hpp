#pragma once
// A path of the server, and who may connect there: what there is once for all shards of one protocol.

#include "fanout/door/user_connections.hpp"
#include "fanout/options.hpp"

namespace wsf::auth {
class KeyStore;
}

namespace wsf::fanout {

struct Route {
  RouteOptions options;
  auth::KeyStore* keys = nullptr;  // nullptr: everybody may connect
  UserConnections users{};         // of all shards; any thread
};

}  // namespace wsf::fanout
