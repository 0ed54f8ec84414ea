#pragma once
// The socket addresses of a run: the server's, and those to connect from.

#include "base/result.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

namespace wsf::load {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
  bool is_loopback() const;
};

// The first address of a name or number. Blocks for as long as the name lookup takes.
base::Result<SocketAddress> resolve(const std::string& host, std::uint16_t port);

// IP addresses as numbers, without a port; or one count N of loopback addresses, 127.0.0.2 and following. Fails at
// the first that is none.
base::Result<std::vector<SocketAddress>> parse_addresses(const std::vector<std::string>& given);

// The local addresses to connect from, used in turn. One address has about 28,000 ports towards a target, so for a
// loopback target `given` may be empty: 127.0.0.2 and following are taken, at least 4, one for each 20,000
// connections. Empty: let the kernel choose. Fails when an address of `given` is no number or of another family than
// the target.
base::Result<std::vector<SocketAddress>> source_addresses(const std::vector<std::string>& given,
                                                          const SocketAddress& target, std::size_t connections);

}  // namespace wsf::load
