#pragma once
// The way of a run's events into a broker, which says of each what became of it. One thread uses it, unless a
// function says otherwise.

#include "load/event_script.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace wsf::kafka {
class Producer;
}

namespace wsf::load {

class FeedWire {
 public:
  // Of an event with this tag, at this time (epoch). Called inside send(), flush() and, where there is a producer,
  // while it is polled.
  using OnSettled = std::function<void(std::uint64_t tag, std::int64_t now_ns, bool confirmed)>;

  virtual ~FeedWire() = default;

  // False: `stop` was set. Throws base::StartupError when the broker cannot be had within 5 to 10 s. A wait that gets
  // long is told on `progress_fd`.
  virtual bool wait_until_ready(const std::atomic<bool>& stop, int progress_fd) = 0;
  // Waits at most 10 s until whatever passes the events on to the server listens for them, as far as the broker
  // knows. How many of its channels nobody listens to then.
  virtual std::uint64_t wait_until_heard(const std::atomic<bool>&) { return 0; }
  // False: it can take no more now.
  virtual bool send(const Outgoing& event, std::uint64_t tag) = 0;
  virtual bool flush(std::chrono::milliseconds timeout) = 0;  // true: nothing is outstanding
  virtual kafka::Producer* producer() { return nullptr; }     // that wants to be polled

  // Any thread:
  virtual std::uint64_t confirmed() const = 0;
  virtual std::uint64_t failed() const = 0;
  virtual std::uint64_t outstanding() const = 0;
  virtual std::uint64_t unheard() const { return 0; }  // of the confirmed: nobody listened
  virtual std::string last_error() const = 0;
};

}  // namespace wsf::load
