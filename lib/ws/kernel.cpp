#include "ws/kernel.hpp"

#include "base/check.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace wsf::ws {
namespace {

boost::system::error_code last_error() {
  return {errno, boost::system::system_category()};
}

std::uint32_t epoll_mask(Interest interest) {
  switch (interest) {
    case Interest::none:
      return 0;
    case Interest::read:
      return EPOLLIN;
    case Interest::write:
      return EPOLLOUT;
    case Interest::both:
      return EPOLLIN | EPOLLOUT;
  }
  return 0;
}

std::size_t moved(ssize_t result, boost::system::error_code& ec) {
  if (result >= 0) {
    ec.clear();
    return static_cast<std::size_t>(result);
  }
  ec = last_error();
  return 0;
}

}  // namespace

EpollKernel::EpollKernel() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  base::check(epoll_ >= 0, "epoll_create1 succeeds at start");
}

EpollKernel::~EpollKernel() {
  ::close(epoll_);
}

std::size_t EpollKernel::receive(int fd, std::span<char> into, boost::system::error_code& ec) {
  return moved(::recv(fd, into.data(), into.size(), MSG_DONTWAIT), ec);
}

std::size_t EpollKernel::send(int fd, std::span<const iovec> from, boost::system::error_code& ec) {
  if (from.size() == 1) {  // send() skips the copying of a message header
    return moved(::send(fd, from[0].iov_base, from[0].iov_len, MSG_NOSIGNAL | MSG_DONTWAIT), ec);
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(from.data());
  message.msg_iovlen = from.size();
  return moved(::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT), ec);
}

void EpollKernel::watch(int fd, Token token, Interest interest, boost::system::error_code& ec) {
  epoll_event event{};
  event.events = epoll_mask(interest);
  event.data.u64 = token;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0) {
    ec.clear();
  } else {
    ec = last_error();
  }
}

void EpollKernel::change(int fd, Token token, Interest interest) {
  epoll_event event{};
  event.events = epoll_mask(interest);
  event.data.u64 = token;
  base::check(epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) == 0,
              "a watched descriptor stays watched until its close");
}

void EpollKernel::unwatch(int fd) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

void EpollKernel::enlarge_send_buffer(int fd) {
  const int bytes = 1 << 20;  // the kernel cuts it at its own limit
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
}

void EpollKernel::shut_writing(int fd) {
  ::shutdown(fd, SHUT_WR);
}

void EpollKernel::close(int fd) {
  ::close(fd);
}

std::span<const ReadyEvent> EpollKernel::wait(int timeout_ms) {
  epoll_event events[kEventsPerWait];
  const int count = epoll_wait(epoll_, events, kEventsPerWait, timeout_ms);
  ready_.clear();
  for (int i = 0; i < count; ++i) {
    const std::uint32_t mask = events[i].events;
    ready_.push_back(
        {events[i].data.u64, (mask & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0, (mask & EPOLLOUT) != 0});
  }
  return ready_;
}

}  // namespace wsf::ws
