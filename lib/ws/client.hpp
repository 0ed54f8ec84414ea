#pragma once
// A client's WebSocket connection (RFC 6455) over Boost.Beast, ws:// or wss://. One Client is one connection: it
// connects once, ends once, and is not used again. Everything happens on the thread that runs the io_context.

#include "net/tls_fault.hpp"
#include "ws/url.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::net {
class ClientTls;
}

namespace wsf::ws {

inline constexpr std::size_t kMaxQueuedMessages = 256;  // unsent, for each connection

struct ClientOptions {
  Url url;
  std::shared_ptr<const net::ClientTls> tls{};  // of a wss:// URL, which needs it
  std::string user_agent{};
  std::vector<std::pair<std::string, std::string>> headers{};  // of the upgrade request: Origin, Authorization, ...
  std::chrono::nanoseconds connect_timeout{std::chrono::seconds{10}};  // from the name's lookup to the 101
  std::chrono::nanoseconds idle_timeout{std::chrono::seconds{60}};     // silence; half-way the peer is pinged
  std::chrono::nanoseconds close_timeout{std::chrono::milliseconds{500}};
  std::size_t max_message_bytes = 1024 * 1024;
  bool compress = false;  // offers permessage-deflate, without context takeover
};

// Why no connection came to be.
struct ConnectFailure {
  enum class Stage { name, tcp, tls, upgrade };
  Stage stage = Stage::name;
  bool timed_out = false;
  boost::system::error_code error{};
  std::optional<net::TlsFault> tls{};  // what went wrong at Stage::tls, unless it was the network
  unsigned http_status = 0;            // of the answer when the peer speaks HTTP but did not upgrade
  std::string http_reason{};           // its words: "Not Found"
  std::string http_body{};             // first line of the answer's body, at most 200 printable bytes
  std::string location{};              // where a 3xx points to
};

// How an open connection ended.
struct Closed {
  enum class By { peer, us, line };  // `line`: it ended without a close frame, or fell silent
  By by = By::line;
  std::uint16_t code = 1006;  // 1005: the peer's close frame was empty; 1006: there was none (RFC 6455 7.1.5)
  std::string reason;         // the peer's words, or ours for what went wrong
};

// Called on the io_context's thread, never from within a call of the Client's own functions. A handler may destroy
// the Client.
class ClientEvents {
 public:
  // On the way to on_open(): the name was found ("203.0.113.7, 203.0.113.8"), the peer accepts ("203.0.113.7:80"),
  // TLS is agreed on ("TLSv1.3, TLS_AES_256_GCM_SHA384, certificate for prices.example until 2026-11-22").
  virtual void on_passed(ConnectFailure::Stage /*stage*/, const std::string& /*what*/) {}
  virtual void on_open() = 0;
  virtual void on_text(std::string_view message) = 0;         // valid until it returns; complete, valid UTF-8
  virtual void on_pong(std::string_view /*payload*/) {}       // also for the pings that idle_timeout sends (empty)
  virtual void on_failed(const ConnectFailure& failure) = 0;  // instead of on_open(); nothing follows
  virtual void on_closed(const Closed& closed) = 0;           // after on_open(); nothing follows

 protected:
  ~ClientEvents() = default;
};

class Client {
 public:
  Client(boost::asio::io_context& io, ClientOptions options, ClientEvents& events);
  ~Client();  // drops the connection without a close frame when it is still open; no event comes after it
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void connect();  // once

  // Queues a text message or a ping frame (payload at most 125 bytes) behind what is unsent. False: not open, or
  // kMaxQueuedMessages wait already; nothing was queued.
  bool send(std::string text);
  bool ping(std::string payload);

  // Closing handshake, bounded by close_timeout; on_closed() tells its end. Without effect unless open.
  void close(std::uint16_t code = 1000, std::string_view reason = {});

  bool is_open() const;
  std::string peer() const;  // "127.0.0.1:8082" once the TCP connection stands

 private:
  class Connection;
  std::shared_ptr<Connection> connection_;
};

}  // namespace wsf::ws
