#pragma once
// How other threads reach a shard: batches of updates from the feeds over a lock-free ring, everything else
// (handed-over sockets, orders to drain or stop) as small tasks under a mutex that no update ever meets. Each post
// wakes the shard through an eventfd.

#include "base/check.hpp"
#include "hub/update.hpp"

#include <boost/lockfree/spsc_queue.hpp>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace wsf::fanout {

class Mailbox {
 public:
  // Batches on their way; the feed waits when a shard is this far behind, and the log keeps what is not yet read.
  static constexpr std::size_t kMaxBatches = 1024;

  using Task = std::function<void()>;

  Mailbox() : wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { base::check(wake_ >= 0, "eventfd succeeds at start"); }
  ~Mailbox() { ::close(wake_); }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  int wake_fd() const { return wake_; }

  // Any thread; several feeds take turns, and the shard waits for none of them. False: full.
  bool post(const hub::SharedBatch& batch) {
    {
      const std::lock_guard lock(posting_);
      if (!batches_.push(batch)) return false;
    }
    wake();
    return true;
  }

  // Any thread.
  void post(Task task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    wake();
  }

  // The shard's thread only, from here on.
  void clear_wake() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(wake_, &count, sizeof count);
  }
  bool take(hub::SharedBatch& batch) { return batches_.pop(batch); }
  std::vector<Task> take_tasks() {
    const std::lock_guard lock(mutex_);
    return std::exchange(tasks_, {});
  }

 private:
  void wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
  }

  int wake_;
  boost::lockfree::spsc_queue<hub::SharedBatch, boost::lockfree::capacity<kMaxBatches>> batches_;
  std::mutex posting_;  // the ring takes one writer at a time
  std::mutex mutex_;
  std::vector<Task> tasks_;
};

}  // namespace wsf::fanout
