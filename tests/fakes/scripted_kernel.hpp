#pragma once
// Sockets for tests: what a peer has sent is read, what the session writes is kept, each takes as much as it is told,
// and the n-th operation of all can be made to fail.

#include "ws/kernel.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

namespace wsf::ws {

class ScriptedKernel final : public Kernel {
 public:
  struct Socket {
    std::string incoming;
    std::string written;
    std::size_t takes = SIZE_MAX;  // bytes that the send buffer has room for
    int sent_at = 0;               // the number of its last send among all operations
    bool peer_ended = false;
    bool fin = false;
    bool closed = false;
    Token token = 0;
    Interest interest = Interest::none;
  };

  Socket& operator[](int fd) { return sockets_[fd]; }

  // The n-th operation from now (1: the next) fails with a reset connection.
  void fail_operation(int n) { fails_in_ = n; }
  bool failed() const { return fails_in_ == 0; }
  int operations() const { return operations_; }

  ReadyEvent readable(int fd) { return {sockets_[fd].token, true, false}; }
  ReadyEvent writable(int fd) { return {sockets_[fd].token, false, true}; }

  std::size_t together = 1;  // sends that a flush puts together
  std::size_t sends_together() const override { return together; }

  std::size_t receive(int fd, std::span<char> into, boost::system::error_code& ec) override {
    if (fails(ec)) return 0;
    Socket& socket = sockets_[fd];
    if (socket.incoming.empty() && !socket.peer_ended) return would_block(ec);
    const std::size_t size = std::min(into.size(), socket.incoming.size());
    std::memcpy(into.data(), socket.incoming.data(), size);
    socket.incoming.erase(0, size);
    return size;
  }

  std::size_t send(int fd, std::span<const iovec> from, boost::system::error_code& ec) override {
    if (fails(ec)) return 0;
    Socket& socket = sockets_[fd];
    socket.sent_at = operations_;
    if (socket.takes == 0) return would_block(ec);
    std::size_t taken = 0;
    for (const iovec& buffer : from) {
      const std::size_t size = std::min(buffer.iov_len, socket.takes);
      socket.written.append(static_cast<const char*>(buffer.iov_base), size);
      if (socket.takes != SIZE_MAX) socket.takes -= size;
      taken += size;
      if (size < buffer.iov_len) break;
    }
    return taken;
  }

  void watch(int fd, Token token, Interest interest, boost::system::error_code& ec) override {
    if (fails(ec)) return;
    sockets_[fd].token = token;
    sockets_[fd].interest = interest;
  }
  void change(int fd, Token token, Interest interest) override {
    sockets_[fd].token = token;
    sockets_[fd].interest = interest;
  }
  void enlarge_send_buffer(int fd) override {
    if (sockets_[fd].takes != SIZE_MAX) sockets_[fd].takes += 4096;
  }
  void shut_writing(int fd) override { sockets_[fd].fin = true; }
  void close(int fd) override { sockets_[fd].closed = true; }

 private:
  bool fails(boost::system::error_code& ec) {
    ec.clear();
    ++operations_;
    if (fails_in_ <= 0 || --fails_in_ > 0) return false;
    ec = boost::system::errc::make_error_code(boost::system::errc::connection_reset);
    return true;
  }
  static std::size_t would_block(boost::system::error_code& ec) {
    ec = boost::system::errc::make_error_code(boost::system::errc::operation_would_block);
    return 0;
  }

  std::map<int, Socket> sockets_;
  int fails_in_ = -1;
  int operations_ = 0;
};

}  // namespace wsf::ws
