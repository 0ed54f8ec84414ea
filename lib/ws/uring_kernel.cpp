#include "ws/uring_kernel.hpp"

#include "base/check.hpp"

#include <liburing.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace wsf::ws {
namespace {

constexpr unsigned kFlags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
constexpr int kSendFlags = MSG_NOSIGNAL | MSG_DONTWAIT;

}  // namespace

class UringKernel::Ring {
 public:
  Ring() : error_(io_uring_queue_init(kSendsTogether, &ring_, kFlags)) {}
  ~Ring() {
    if (works()) io_uring_queue_exit(&ring_);
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  bool works() const { return error_ == 0; }

  // At most kSendsTogether.
  void send(std::span<Send> sends) {
    for (std::size_t i = 0; i < sends.size(); ++i) prepare(sends[i], i);
    std::size_t answered = 0;
    while (answered < sends.size()) {
      const int submitted = io_uring_submit_and_wait(&ring_, static_cast<unsigned>(sends.size() - answered));
      base::check(submitted >= 0 || submitted == -EINTR || submitted == -EAGAIN || submitted == -EBUSY,
                  "a ring that was made takes what it is given");
      answered += take_answers(sends);
    }
  }

 private:
  void prepare(const Send& send, std::size_t index) {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    base::check(entry != nullptr, "the ring has room for a full batch");
    if (send.from.size() == 1) {
      io_uring_prep_send(entry, send.fd, send.from[0].iov_base, send.from[0].iov_len, kSendFlags);
    } else {
      messages_[index] = {};
      messages_[index].msg_iov = const_cast<iovec*>(send.from.data());
      messages_[index].msg_iovlen = send.from.size();
      io_uring_prep_sendmsg(entry, send.fd, &messages_[index], kSendFlags);
    }
    io_uring_sqe_set_data64(entry, index);
  }

  std::size_t take_answers(std::span<Send> sends) {
    unsigned head = 0;
    unsigned count = 0;
    io_uring_cqe* entry = nullptr;
    io_uring_for_each_cqe(&ring_, head, entry) {
      Send& send = sends[entry->user_data];
      send.taken = entry->res > 0 ? static_cast<std::size_t>(entry->res) : 0;
      send.ec = entry->res < 0 ? boost::system::error_code(-entry->res, boost::system::system_category())
                               : boost::system::error_code();
      ++count;
    }
    io_uring_cq_advance(&ring_, count);
    return count;
  }

  io_uring ring_{};
  int error_;
  std::array<msghdr, kSendsTogether> messages_{};
};

bool UringKernel::available() {
  return Ring().works();
}

UringKernel::UringKernel() = default;
UringKernel::~UringKernel() = default;

void UringKernel::send_all(std::span<Send> sends) {
  if (!ring_) {
    ring_ = std::make_unique<Ring>();
    base::check(ring_->works(), "a ring can be made where available() has made one");
  }
  while (!sends.empty()) {
    const std::size_t count = std::min(sends.size(), kSendsTogether);
    ring_->send(sends.first(count));
    sends = sends.subspan(count);
  }
}

}  // namespace wsf::ws
