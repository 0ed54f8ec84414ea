#pragma once
// The listening socket. What every accepted socket shall have (no Nagle, a bounded send buffer) is set here once:
// Linux lets accepted sockets inherit it.

#include "ws/ip_address.hpp"

#include <cstdint>
#include <string>

namespace wsf::ws {

// Throws base::StartupError(usage) when this is neither an address nor a name that has one.
void check_host(const std::string& host);

class Listener {
 public:
  static constexpr int kBacklog = 4096;
  static constexpr int kSendBufferBytes = 128 * 1024;  // of each connection; what does not fit can still conflate
  static constexpr int kUnsentBytes = 64 * 1024;       // TCP_NOTSENT_LOWAT

  // Port 0 takes a free one. Throws base::StartupError(runtime) with what stands in the way.
  Listener(const std::string& host, std::uint16_t port);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int fd() const { return fd_; }
  std::uint16_t port() const { return port_; }
  std::string address() const;  // HOST:PORT, an IPv6 host in brackets

  struct Accepted {
    int fd = -1;  // -1: nobody waits, or `exhausted`
    IpAddress from{};
    bool exhausted = false;  // no descriptors or memory left: wait before the next try
  };
  Accepted accept();  // non-blocking

 private:
  int fd_ = -1;
  std::string host_;
  std::uint16_t port_ = 0;
};

}  // namespace wsf::ws
