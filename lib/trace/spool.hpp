#pragma once
// Spans on their way to the exporter. Bounded: what comes while it is full is left out.

#include "trace/span.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace wsf::trace {

class Spool {
 public:
  static constexpr std::size_t kMaxSpans = 4'096;

  // Any thread; a mutex held for moments. False: full.
  bool put(Span span);

  // The oldest spans, `most` at most: once there are that many, or `linger` has passed, or it was closed. Maybe none.
  std::vector<Span> take(std::size_t most, std::chrono::milliseconds linger);

  // Nobody waits in take() any more.
  void close();
  bool closed() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Span> spans_;
  std::size_t wanted_ = 0;  // by who waits; 0: nobody does
  bool closed_ = false;
};

}  // namespace wsf::trace
