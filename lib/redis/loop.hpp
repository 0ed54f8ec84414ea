#pragma once
// A thread that runs one io_context, and can be told by any thread that there is something to do. For this folder's
// .cpp files only.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <functional>
#include <thread>

namespace wsf::redis {

class Loop {
 public:
  // `on_wake` runs on the loop's thread.
  explicit Loop(std::function<void()> on_wake) : on_wake_(std::move(on_wake)) {}
  ~Loop() { stop(); }

  boost::asio::io_context& io() { return io_; }

  void start() {
    thread_ = std::thread([this] { io_.run(); });
  }

  // on_wake() follows, once for all calls until it begins. Any thread.
  void wake() {
    if (woken_.exchange(true)) return;
    boost::asio::post(io_, [this] {
      woken_ = false;
      on_wake_();
    });
  }

  // Ends after what runs now; nothing runs on the loop once it has returned.
  void stop() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::function<void()> on_wake_;
  std::atomic<bool> woken_{false};
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;
};

}  // namespace wsf::redis
