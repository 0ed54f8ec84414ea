#pragma once
// Epoll for waiting, io_uring for sending: the sends of a whole flush reach the kernel in a few calls (io_uring(7)).
// A broadcast costs one send for each socket either way; what is saved is the way into the kernel and back.

#include "ws/kernel.hpp"

#include <memory>

namespace wsf::ws {

class UringKernel final : public EpollKernel {
 public:
  static constexpr std::size_t kSendsTogether = 256;

  // Whether this process may use io_uring: the kernel may be too old, a container's seccomp filter or
  // kernel.io_uring_disabled may forbid it.
  static bool available();

  UringKernel();
  ~UringKernel() override;

  // The first call makes the ring: it belongs to the calling thread.
  void send_all(std::span<Send> sends) override;
  std::size_t sends_together() const override { return kSendsTogether; }

 private:
  class Ring;
  std::unique_ptr<Ring> ring_;
};

}  // namespace wsf::ws
