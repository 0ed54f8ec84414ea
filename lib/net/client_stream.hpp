#pragma once
// A client's connection: looked up, connected and, where asked, secured by TLS; then a stream for Asio's and Beast's
// operations, whichever of the two it is. Everything happens on the thread that runs the io_context. Expensive to
// compile: for .cpp files.

#include "net/client_tls.hpp"
#include "net/tls_fault.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace wsf::net {

struct Target {
  std::string host{};  // a name or an address; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::shared_ptr<const ClientTls> tls{};                      // nullptr: plain TCP
  std::chrono::nanoseconds timeout{std::chrono::seconds{10}};  // for all steps together
};

enum class Step { name, tcp, tls };

struct ConnectFault {
  Step step = Step::name;
  bool timed_out = false;
  boost::system::error_code error{};
  std::optional<TlsFault> tls{};  // where the TLS handshake went wrong, and not the network
};

// Of a connection that is secured.
struct TlsFacts {
  std::string version;                 // "TLSv1.3"
  std::string cipher;                  // "TLS_AES_256_GCM_SHA384"
  std::string names;                   // of the peer's certificate
  std::string ends;                    // its last day: "2026-11-22"
  std::int64_t certificate_end_s = 0;  // the same in seconds since 1970
};

class ClientStream {
  using Socket = boost::asio::ip::tcp::socket;
  using TlsStream = boost::asio::ssl::stream<Socket&>;

 public:
  using executor_type = Socket::executor_type;
  // A step is behind us: the addresses found ("203.0.113.7, 203.0.113.8"), the peer ("203.0.113.7:443"), what
  // TLS agreed on ("TLSv1.3, TLS_AES_256_GCM_SHA384, certificate for prices.example until 2026-11-22"). It may
  // close() or destroy the stream.
  using Passed = std::function<void(Step step, const std::string& what)>;
  using Done = std::function<void(const std::optional<ConnectFault>& fault)>;

  explicit ClientStream(boost::asio::io_context& io);
  ~ClientStream();  // drops the connection; no operation but connect() may be pending
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  // Once for each connection; after close() the stream may connect again. `done` is called once, never from within
  // this call, and not at all after a close(). A lookup cannot be interrupted: its late result finds no one to tell.
  void connect(Target target, Done done, Passed passed = {});
  // Drops the connection at once, without TLS's goodbye: pending operations fail with operation_aborted.
  void close();

  const std::string& peer() const;  // "127.0.0.1:8082", "[::1]:8082" once TCP stands; "" before
  bool is_tls() const { return tls_stream() != nullptr; }
  std::optional<TlsFacts> tls_facts() const;

  executor_type get_executor() { return socket().get_executor(); }
  Socket& socket();

  // One read and one write may be pending at a time. The stream must live until they have completed.
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto&& handler, const Buffers& into) {
          if (TlsStream* tls = tls_stream())
            return tls->async_read_some(into, std::forward<decltype(handler)>(handler));
          socket().async_read_some(into, std::forward<decltype(handler)>(handler));
        },
        token, buffers);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto&& handler, const Buffers& from) {
          if (TlsStream* tls = tls_stream())
            return tls->async_write_some(from, std::forward<decltype(handler)>(handler));
          socket().async_write_some(from, std::forward<decltype(handler)>(handler));
        },
        token, buffers);
  }
  // TLS's goodbye (close_notify), and the wait for the peer's; only where is_tls().
  template <class Token>
  auto async_shut_tls(Token&& token) {
    return tls_stream()->async_shutdown(std::forward<Token>(token));
  }

 private:
  struct Connection;
  TlsStream* tls_stream() const;

  boost::asio::io_context& io_;
  std::shared_ptr<Connection> connection_;
};

// Whether a read ended because the peer ended the stream, with TLS's goodbye or, as many do, without.
inline bool is_end(const boost::system::error_code& ec) {
  return ec == boost::asio::error::eof || ec == boost::asio::ssl::error::stream_truncated;
}

// Found by Beast where it drops a connection.
inline void beast_close_socket(ClientStream& stream) {
  stream.close();
}

}  // namespace wsf::net
