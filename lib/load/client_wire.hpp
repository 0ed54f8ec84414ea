#pragma once
// The bytes of clients on their way, as they are or by TLS. One for each thread, with scratch for all its
// connections; each connection has an engine of its own, which holds nothing where they go as they are.

#include "load/client_socket.hpp"
#include "net/tls_engine.hpp"

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

class ClientWire {
 public:
  // Reads at most `receive_bytes` at once; what receive() is given needs room for kMaxRecordBytes more.
  ClientWire(const Route& route, std::size_t receive_bytes);

  bool secure() const { return route_.tls != nullptr; }

  // Begins TLS on a connected socket. False: it does not take the first message.
  bool begin(int fd, net::TlsEngine& engine);
  // As recv(2) without waiting: bytes for the client; 0: the end; -1: nothing for now, where waits() says so, or
  // why().
  ssize_t receive(int fd, net::TlsEngine& engine, std::span<char> into);
  // When the last of the bytes that receive() gave came to this machine, by the kernel's clock: Unix nanoseconds; 0:
  // it does not tell.
  std::int64_t arrived_ns() const { return arrived_ns_; }
  // False: the socket did not take all.
  bool send(int fd, net::TlsEngine& engine, std::string_view bytes);

  // Of the -1 of the last receive(): nothing came, or TLS alone has spoken.
  bool waits() const;
  std::string why() const;  // in words

 private:
  const Route& route_;
  std::size_t receive_bytes_;
  std::vector<char> ciphertext_;  // none where nothing is secured
  std::string out_;
  std::string fault_;
  net::TlsFault noted_;  // of a certificate
  int error_ = 0;
  std::int64_t arrived_ns_ = 0;
};

}  // namespace wsf::load
