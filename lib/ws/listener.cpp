#include "ws/listener.hpp"

#include "base/exit_codes.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace wsf::ws {
namespace {

std::string shown(const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  if (port == 0) return host;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

[[noreturn]] void refuse(const std::string& where, int error) {
  std::string line = "cannot listen on " + where + ": ";
  switch (error) {
    case EADDRINUSE:
      line += "address already in use (another wsfanout? choose --port)";
      break;
    case EACCES:
      line += "permission denied (ports below 1024 need CAP_NET_BIND_SERVICE; choose --port)";
      break;
    case EADDRNOTAVAIL:
      line += "this machine has no such address (choose --host)";
      break;
    default:
      line += std::strerror(error);
  }
  throw base::StartupError(base::Exit::runtime, line);
}

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

AddressList resolve(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  if (error != 0) {
    base::refuse("cannot listen on " + shown(host, port) + ": " + gai_strerror(error) +
                 " (give an address of this machine with --host)");
  }
  return {found, &freeaddrinfo};
}

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

}  // namespace

void check_host(const std::string& host) {
  resolve(host, 0);
}

Listener::Listener(const std::string& host, std::uint16_t port) : host_(host) {
  const AddressList address = resolve(host, port);
  fd_ = ::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) refuse(shown(host, port), errno);
  set(fd_, SOL_SOCKET, SO_REUSEADDR, 1);
  set(fd_, SOL_SOCKET, SO_SNDBUF, kSendBufferBytes);
  set(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes);
  if (address->ai_family == AF_INET6) set(fd_, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (::bind(fd_, address->ai_addr, address->ai_addrlen) != 0 || ::listen(fd_, kBacklog) != 0) {
    const int error = errno;
    ::close(fd_);
    refuse(shown(host, port), error);
  }
  port_ = bound_port(fd_);
}

Listener::~Listener() {
  ::close(fd_);
}

std::string Listener::address() const {
  return shown(host_, port_);
}

Listener::Accepted Listener::accept() {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int fd = ::accept4(fd_, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) return {fd, ip_of(from), false};
  return {-1, {}, errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM};
}

}  // namespace wsf::ws
