#pragma once
// A connection that comes back: connects, tells what arrives, waits and connects again where the close code allows
// it. On the io_context's thread.

#include "base/backoff.hpp"
#include "net/client_tls.hpp"
#include "ws/client.hpp"
#include "wsclient/outcome.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::wsclient {

struct LinkOptions {
  ws::Url url;
  const Dialect* dialect = nullptr;
  std::shared_ptr<const net::ClientTls> tls;  // of a wss:// URL
  std::chrono::nanoseconds timeout{};         // to connect
  bool reconnect = true;
  std::string token_file;  // read anew for each connection, so that a renewed token is taken
  std::string token;       // what it held when it was read last
  std::vector<std::pair<std::string, std::string>> headers;
  bool compress = false;
};

// The URL that asks for `query` as well, after what stands in it already.
ws::Url with_query(ws::Url url, const std::string& query);

class LinkEvents {
 public:
  virtual void on_up() = 0;  // each time: whatever the server should know has to be said again
  virtual void on_message(std::string_view message) = 0;
  virtual void on_pong(std::string_view /*payload*/) {}
  virtual void on_waiting(const Outcome& why, std::chrono::milliseconds wait) = 0;  // connects again after `wait`
  virtual void on_over(const Outcome& why) = 0;  // for good; also after finish(), then with Exit::ok

 protected:
  ~LinkEvents() = default;
};

class Link final : private ws::ClientEvents {
 public:
  static constexpr std::chrono::seconds kHeld{10};  // a connection that lived so long starts the backoff anew

  Link(boost::asio::io_context& io, LinkOptions options, std::function<double()> random, LinkEvents& events);
  ~Link();

  void start() { connect(); }
  void set_query(std::string query) { query_ = std::move(query); }  // of the next connections, after the URL's own
  bool send(std::string text);
  bool ping(std::string payload);
  void finish();  // closes in good order, within half a second; on_over() follows

  bool is_up() const { return up_; }
  bool was_up() const { return was_up_; }  // since start()
  std::uint64_t reconnects() const { return reconnects_; }
  const ws::Url& url() const { return options_.url; }
  std::string peer() const;

  // "connecting", "connected 1m12s", "reconnecting in 3 s (connection lost)".
  std::string state() const;

 private:
  void on_open() override;
  void on_text(std::string_view message) override { events_.on_message(message); }
  void on_pong(std::string_view payload) override { events_.on_pong(payload); }
  void on_failed(const ws::ConnectFailure& failure) override;
  void on_closed(const ws::Closed& closed) override;

  void connect();
  void try_again(const Outcome& why);
  void end(const Outcome& why);
  std::vector<std::pair<std::string, std::string>> request_headers();

  struct Timer;  // keeps Asio's timers out of this header
  boost::asio::io_context& io_;
  LinkOptions options_;
  std::string query_;
  LinkEvents& events_;
  base::Backoff backoff_;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<ws::Client> client_;
  bool up_ = false;
  bool was_up_ = false;
  bool finishing_ = false;
  std::uint64_t reconnects_ = 0;
  std::chrono::steady_clock::time_point up_since_;
  std::chrono::steady_clock::time_point next_attempt_;
  std::string down_because_;
};

}  // namespace wsf::wsclient
