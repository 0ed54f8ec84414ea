#include "wsclient/input_ready.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <sys/epoll.h>

namespace wsf::wsclient {

// An epoll set is itself readable while a descriptor in it is.
struct InputReady::Watch {
  Watch(boost::asio::io_context& io, int fd) : set(io, ::epoll_create1(EPOLL_CLOEXEC)) {
    epoll_event event{};
    event.events = EPOLLIN;
    pollable = ::epoll_ctl(set.native_handle(), EPOLL_CTL_ADD, fd, &event) == 0;
  }

  boost::asio::posix::stream_descriptor set;
  bool pollable = false;
};

InputReady::InputReady(boost::asio::io_context& io, int fd) : watch_(std::make_unique<Watch>(io, fd)) {}

InputReady::~InputReady() = default;

void InputReady::wait(std::function<void()> ready) {
  if (!watch_->pollable) return boost::asio::post(watch_->set.get_executor(), std::move(ready));
  watch_->set.async_wait(boost::asio::posix::descriptor_base::wait_read,
                         [ready = std::move(ready)](const boost::system::error_code& ec) {
                           if (!ec) ready();
                         });
}

void InputReady::cancel() {
  watch_->set.cancel();
}

}  // namespace wsf::wsclient
