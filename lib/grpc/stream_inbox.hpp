#pragma once
// What the gRPC library's threads tell of a client's stream, gathered until the thread that owns the stream takes it.
// For this folder's .cpp files only.

#include "grpc/quote_messages.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wsf::grpc {

struct StreamEvents {
  std::vector<StreamNews> news;
  bool read_held = false;           // so much waits that the next message has not been asked for
  bool opened = false;              // the server's headers have come
  bool written = false;             // the request is out
  bool broken = false;              // nothing will come any more
  std::optional<std::string> done;  // the library has let go of the stream: why it ended
  bool woken = false;

  bool any() const { return !news.empty() || opened || written || broken || done || woken; }
};

class StreamInbox {
 public:
  using Clock = std::chrono::steady_clock;

  // Any thread. `change` gets the StreamEvents, under the mutex.
  template <class Change>
  void tell(Change change) {
    const std::lock_guard lock(mutex_);
    change(events_);
    changed_.notify_all();
  }
  void wake() {
    tell([](StreamEvents& events) { events.woken = true; });
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

  // What has come; waits for something, for stop(), or until then.
  StreamEvents take(Clock::time_point until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [this] { return stopped_ || events_.any(); });
    return std::exchange(events_, {});
  }
  std::string take_done() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return events_.done.has_value(); });
    return *std::exchange(events_, {}).done;
  }
  // False: not within that time.
  bool wait_for_done(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return events_.done.has_value(); });
  }
  // True: stopped meanwhile.
  bool sleep(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return stopped_; });
  }
  bool stopped() {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  StreamEvents events_;
  bool stopped_ = false;
};

}  // namespace wsf::grpc
