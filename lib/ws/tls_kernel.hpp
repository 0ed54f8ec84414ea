#pragma once
// Sockets with TLS over another kernel's: sessions see plaintext and know nothing of it. Each connection's handshake
// is driven by its first receives; ciphertext that a socket refused waits here, at most one record of it after the
// handshake, and is sent before anything else. On the shard's thread.

#include "net/server_tls.hpp"
#include "net/tls_engine.hpp"
#include "stats/counter.hpp"
#include "ws/kernel.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::ws {

// Written by the shard's thread, read by any.
struct TlsCounters {
  stats::Counter handshakes;  // that succeeded
  stats::Counter resumed;     // of them, by a ticket
  stats::Counter failed;      // bad ones, and certificates that were missing or not good
  stats::Counter not_tls;     // peers that spoke something else
};

class TlsKernel final : public Kernel {
 public:
  // What a receive() is given at least: all that one receive of the socket can decrypt to.
  static constexpr std::size_t kLeastReadBytes = 2 * net::TlsEngine::kMaxRecordBytes;
  // Of answers of TLS itself (handshake, key updates) to a peer that does not read them: then it is dropped.
  static constexpr std::size_t kMaxUnsentBytes = 64 * 1024;

  // Each connection takes what `identity` gives when it begins.
  using Identity = std::function<std::shared_ptr<const net::ServerTls>()>;

  // Descriptors are watched through here under tokens of its own; others may be watched at `base` with tokens whose
  // lower half is above any descriptor, 2^31 and more.
  TlsKernel(Kernel& base, Identity identity);
  ~TlsKernel() override;

  // 0 bytes are the end of the stream, with the peer's goodbye or without.
  std::size_t receive(int fd, std::span<char> into, boost::system::error_code& ec) override;
  // What is reported as taken was encrypted, and goes out before all that follows, now or later.
  std::size_t send(int fd, std::span<const iovec> from, boost::system::error_code& ec) override;
  void send_all(std::span<Send> sends) override;
  std::size_t sends_together() const override { return base_.sends_together(); }
  void watch(int fd, Token token, Interest interest, boost::system::error_code& ec) override;
  void change(int fd, Token token, Interest interest) override;
  void enlarge_send_buffer(int fd) override { base_.enlarge_send_buffer(fd); }
  void shut_writing(int fd) override;  // says goodbye first (close_notify), once it can
  void close(int fd) override;

  // What the events of `base` mean for those who watch through here; passes the others on. Valid until the next call.
  std::span<const ReadyEvent> translate(std::span<const ReadyEvent> events);

  const TlsCounters& counters() const { return counters_; }

 private:
  enum class State : std::uint8_t {
    fresh,  // nothing came yet
    handshake,
    established,
    refused,  // it has had our last word; what still comes is thrown away, until the peer goes or patience ends
  };
  struct Connection {
    net::TlsEngine engine;
    Token token = 0;               // as its owner watches it
    std::uint32_t generation = 0;  // of the descriptor here
    State state = State::fresh;
    Interest interest = Interest::none;  // of the owner
    Interest watched = Interest::none;   // at the base: the owner's, and for what is unsent
    bool open = false;
    bool ended = false;  // the peer said goodbye behind the plaintext that the owner has got
    bool shuts = false;  // writing, once nothing is unsent
    std::string unsent;  // ciphertext
  };
  class Cursor;  // over the buffers of a send
  struct Part {  // of a batch: one send's record in out_
    std::size_t send, plain_bytes, begin, end;
  };

  Connection& of(int fd) { return connections_[static_cast<std::size_t>(fd)]; }
  Token own_token(int fd, const Connection& connection) const;
  void update_interest(int fd, Connection& connection);

  void begin(int fd, Connection& connection, char first_byte);
  void refuse(int fd, Connection& connection, std::string_view last_word);
  void note_established(Connection& connection);
  std::size_t settle(int fd, Connection& connection, const net::TlsEngine::Received& progress,
                     boost::system::error_code& ec);

  std::size_t send_from(int fd, Connection& connection, Cursor from, boost::system::error_code& ec);
  void encrypt_one_of_each(std::span<Send> sends);
  void settle_parts(std::span<Send> sends);

  bool put(int fd, Connection& connection, std::string_view ciphertext, boost::system::error_code& ec);
  bool flush(int fd, Connection& connection, boost::system::error_code& ec);
  void sent(int fd, Connection& connection);

  Kernel& base_;
  Identity identity_;
  TlsCounters counters_;
  std::vector<Connection> connections_;  // by descriptor
  std::vector<char> ciphertext_;         // scratch of one receive
  std::string out_;                      // what is to be sent in one call, of a whole batch at most
  std::string plain_;                    // a record gathered from several buffers
  std::vector<Part> parts_;
  std::vector<iovec> buffers_;
  std::vector<Send> sends_;
  std::vector<int> ended_;  // descriptors whose owners must be told of the end
  std::vector<ReadyEvent> ready_;
};

}  // namespace wsf::ws
