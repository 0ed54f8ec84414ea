#pragma once
// What sessions ask of the operating system, as an interface with two implementations: epoll, and the tests' scripted
// sockets whose n-th operation fails. Every call is non-blocking and made on the shard's thread.

#include <boost/system/error_code.hpp>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace wsf::ws {

// Names a watched descriptor to its owner. Carries a generation, so that an event fetched before a descriptor was
// closed cannot reach the one that took its place.
using Token = std::uint64_t;

struct ReadyEvent {
  Token token;
  bool readable;  // data, end of stream or an error: a receive tells which
  bool writable;
};

enum class Interest : std::uint8_t { none, read, write, both };

// One socket's part in a batch of sends.
struct Send {
  int fd = -1;
  std::span<const iovec> from;
  std::size_t taken = 0;         // set by send_all()
  boost::system::error_code ec;  // set by send_all()
};

class Kernel {
 public:
  virtual ~Kernel() = default;

  // Bytes moved; 0 of receive() is the end of the stream. Would-block is reported as the error operation_would_block.
  virtual std::size_t receive(int fd, std::span<char> into, boost::system::error_code& ec) = 0;
  virtual std::size_t send(int fd, std::span<const iovec> from, boost::system::error_code& ec) = 0;

  // Each send as by send(), in any order. How many are worth waiting for: sends_together(); 1: no use in waiting.
  virtual void send_all(std::span<Send> sends) {
    for (Send& one : sends) one.taken = send(one.fd, one.from, one.ec);
  }
  virtual std::size_t sends_together() const { return 1; }

  virtual void watch(int fd, Token token, Interest interest, boost::system::error_code& ec) = 0;  // the first time
  virtual void change(int fd, Token token, Interest interest) = 0;

  // Makes room in the socket for a last few kilobytes, so that a close frame gets past a full send buffer.
  virtual void enlarge_send_buffer(int fd) = 0;
  virtual void shut_writing(int fd) = 0;
  virtual void close(int fd) = 0;
};

class EpollKernel : public Kernel {
 public:
  static constexpr int kEventsPerWait = 512;

  EpollKernel();
  ~EpollKernel() override;
  EpollKernel(const EpollKernel&) = delete;
  EpollKernel& operator=(const EpollKernel&) = delete;

  std::size_t receive(int fd, std::span<char> into, boost::system::error_code& ec) override;
  std::size_t send(int fd, std::span<const iovec> from, boost::system::error_code& ec) override;
  void watch(int fd, Token token, Interest interest, boost::system::error_code& ec) override;
  void change(int fd, Token token, Interest interest) override;
  void enlarge_send_buffer(int fd) override;
  void shut_writing(int fd) override;
  void close(int fd) override;

  // For a descriptor that somebody else watches from now on.
  void unwatch(int fd);

  // Waits for events, at most `timeout_ms` (-1: for ever). The span is valid until the next call.
  std::span<const ReadyEvent> wait(int timeout_ms);

 private:
  int epoll_;
  std::vector<ReadyEvent> ready_;
};

}  // namespace wsf::ws
