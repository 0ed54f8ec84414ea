#include "trace/spool.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace wsf::trace {

bool Spool::put(Span span) {
  bool enough = false;
  {
    const std::lock_guard lock(mutex_);
    if (spans_.size() >= kMaxSpans) return false;
    spans_.push_back(std::move(span));
    enough = spans_.size() == wanted_;
  }
  if (enough) changed_.notify_one();
  return true;
}

std::vector<Span> Spool::take(std::size_t most, std::chrono::milliseconds linger) {
  std::unique_lock lock(mutex_);
  wanted_ = most;
  changed_.wait_for(lock, linger, [&] { return closed_ || spans_.size() >= most; });
  wanted_ = 0;
  const auto end = spans_.begin() + static_cast<std::ptrdiff_t>(std::min(most, spans_.size()));
  std::vector<Span> taken(std::move_iterator(spans_.begin()), std::move_iterator(end));
  spans_.erase(spans_.begin(), end);
  return taken;
}

void Spool::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

bool Spool::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace wsf::trace
