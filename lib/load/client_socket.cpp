#include "load/client_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace wsf::load {
namespace {

void set_option(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof value);
}

bool connect_from(int fd, const Route& route, std::uint64_t number) {
  if (!route.sources.empty()) {
    // The port is chosen at connect(), by the whole four-tuple: without this each source has its ports only once.
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const SocketAddress& source = route.sources[number % route.sources.size()];
    if (bind(fd, source.get(), source.size) != 0) return false;
  }
  return connect(fd, route.target.get(), route.target.size) == 0 || errno == EINPROGRESS;
}

}  // namespace

int begin_connect(const Route& route, std::uint64_t number, int receive_bytes) {
  const int fd = socket(route.target.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);                                // socket(7); ClientWire reads them
  if (receive_bytes > 0) set_option(fd, SOL_SOCKET, SO_RCVBUF, receive_bytes);  // before connect: it is negotiated
  if (connect_from(fd, route, number)) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

void close_by_reset(int fd) {
  const linger reset{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::close(fd);
}

}  // namespace wsf::load
