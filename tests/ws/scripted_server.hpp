#pragma once
// A server for tests that does with its one connection what a script says, on a thread of its own with blocking
// calls.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <functional>
#include <string>
#include <thread>

namespace wsf::ws {

using boost::asio::ip::tcp;
using ServerStream = boost::beast::websocket::stream<tcp::socket>;

class ScriptedServer {
 public:
  explicit ScriptedServer(std::function<void(tcp::socket&)> script)
      : acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}), thread_([this, script = std::move(script)] {
          tcp::socket socket(io_);
          acceptor_.accept(socket);
          try {
            script(socket);
          } catch (const boost::system::system_error&) {
            // The client went away: its own expectations tell.
          }
        }) {}
  ~ScriptedServer() { thread_.join(); }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  boost::asio::io_context io_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

// The script for a connection that is upgraded first.
inline std::function<void(tcp::socket&)> upgraded(std::function<void(ServerStream&)> script) {
  return [script = std::move(script)](tcp::socket& socket) {
    ServerStream stream(std::move(socket));
    stream.accept();
    script(stream);
  };
}

inline void send(ServerStream& stream, const std::string& text) {
  stream.text(true);
  stream.write(boost::asio::buffer(text));
}

inline std::string receive(ServerStream& stream) {
  boost::beast::flat_buffer buffer;
  stream.read(buffer);
  return boost::beast::buffers_to_string(buffer.data());
}

// Reads until the peer has closed or gone.
inline void read_to_end(ServerStream& stream) {
  boost::system::error_code ec;
  boost::beast::flat_buffer buffer;
  while (!ec) {
    stream.read(buffer, ec);
    buffer.clear();
  }
}

inline void read_request(tcp::socket& socket) {
  boost::beast::flat_buffer buffer;
  boost::beast::http::request<boost::beast::http::string_body> request;
  boost::beast::http::read(socket, buffer, request);
}

// Answers the upgrade request with these bytes.
inline std::function<void(tcp::socket&)> answering(const std::string& bytes) {
  return [bytes](tcp::socket& socket) {
    read_request(socket);
    boost::asio::write(socket, boost::asio::buffer(bytes));
  };
}

}  // namespace wsf::ws
