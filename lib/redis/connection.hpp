#pragma once
// One connection to a Redis server: bytes out, replies in. It opens once, ends once, and is not used again.
// Everything happens on the thread that runs the io_context. For this folder's .cpp files only.

#include "redis/options.hpp"
#include "redis/reply.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace wsf::redis {

// Called on the io_context's thread, never from within a call of the Connection's own functions. A handler may
// destroy the Connection.
class ConnectionEvents {
 public:
  virtual void on_open() = 0;
  virtual void on_reply(Reply reply) = 0;
  virtual void on_read() = 0;                         // after the replies of what one read gave, whole or in part
  virtual void on_written() = 0;                      // nothing waits to be written any more
  virtual void on_ended(const std::string& why) = 0;  // "Connection refused"; nothing follows

 protected:
  ~ConnectionEvents() = default;
};

class Connection {
 public:
  static constexpr std::size_t kReadBytes = 65'536;

  // `tls`: nullptr for plain TCP.
  Connection(boost::asio::io_context& io, const Options& options, std::shared_ptr<const net::ClientTls> tls,
             ConnectionEvents& events);
  ~Connection();  // drops what it still has; no event comes after it
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void open();  // once

  // After on_open(). Takes the bytes, which wait until those before them are written; the caller bounds them by
  // on_written().
  void write(std::string_view bytes);
  bool writing() const;

 private:
  class Line;
  std::shared_ptr<Line> line_;
};

}  // namespace wsf::redis
