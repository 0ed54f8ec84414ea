#pragma once
// A client's TCP socket, on its way to the server.

#include "load/addresses.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace wsf::net {
class ClientTls;
}

namespace wsf::load {

// Where a run connects to, from where, and how.
struct Route {
  SocketAddress target;
  std::vector<SocketAddress> sources;           // used in turn; empty: the kernel chooses
  std::shared_ptr<const net::ClientTls> tls{};  // none: as plain TCP
  std::string host{};                           // with TLS: the name that the certificate must be for
};

// Begins to connect, without blocking, from the source that `number` falls on. Returns the descriptor, writable once
// the connection stands; negative: errno says why not. A small `receive_bytes` lets a client that does not read stop
// the sender soon; 0: the kernel's own.
int begin_connect(const Route& route, std::uint64_t number, int receive_bytes = 0);

// Closes by a reset: ten thousand ports must not spend a minute each in TIME_WAIT before the next run finds them.
void close_by_reset(int fd);

}  // namespace wsf::load
