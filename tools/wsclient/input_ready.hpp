#pragma once
// Tells when a descriptor can be read, and leaves its file status flags alone: Asio would make it non-blocking, and
// with it everything that shares the terminal (stdout, the shell).

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>

namespace wsf::wsclient {

class InputReady {
 public:
  InputReady(boost::asio::io_context& io, int fd);  // does not own fd
  ~InputReady();

  // Calls `ready` once when a read would not block (data or end). A regular file always is ready.
  void wait(std::function<void()> ready);
  void cancel();

 private:
  struct Watch;
  std::unique_ptr<Watch> watch_;
};

}  // namespace wsf::wsclient
