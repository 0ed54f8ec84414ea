#pragma once
// A server that answers as a script says, whatever a real one would say: one thread, one connection after another.

#include "redis/options.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace wsf::redis {

class ScriptedRedis {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  // `script` is called for each connection, with its number; what it throws ends that connection.
  explicit ScriptedRedis(std::function<void(Socket&, int)> script)
      : acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}),
        thread_([this, script = std::move(script)] { serve(script); }) {}

  // The clients have to be gone by then.
  ~ScriptedRedis() {
    stopping_ = true;
    boost::system::error_code ignored;
    Socket waker(io_);
    waker.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }

  Options options() const {
    Options options;
    options.port = acceptor_.local_endpoint().port();
    options.reconnect = {std::chrono::milliseconds{1}, std::chrono::milliseconds{5}};
    return options;
  }

 private:
  void serve(const std::function<void(Socket&, int)>& script) {
    for (int number = 0; !stopping_; ++number) {
      Socket socket(io_);
      acceptor_.accept(socket);
      if (stopping_) return;
      try {
        script(socket, number);
      } catch (const boost::system::system_error&) {
        // The client went away: its own expectations tell.
      }
    }
  }

  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// Reads until the bytes hold `last`.
inline std::string read_until(ScriptedRedis::Socket& socket, std::string_view last) {
  std::string seen;
  char buffer[4096];
  while (seen.find(last) == std::string::npos) seen.append(buffer, socket.read_some(boost::asio::buffer(buffer)));
  return seen;
}

inline void say(ScriptedRedis::Socket& socket, std::string_view bytes) {
  boost::asio::write(socket, boost::asio::buffer(bytes));
}

// Takes the greeting of a client without password and database.
inline void greet(ScriptedRedis::Socket& socket) {
  read_until(socket, "PING\r\n");
  say(socket, "+OK\r\n+PONG\r\n");
}

// Reads until the peer has gone.
inline void read_to_end(ScriptedRedis::Socket& socket) {
  char buffer[4096];
  while (true) socket.read_some(boost::asio::buffer(buffer));
}

}  // namespace wsf::redis
