#include "grpc/stream_loop.hpp"

#include "base/clock.hpp"

#include <utility>

namespace wsf::grpc {

StreamLoop::StreamLoop(QuoteDesk& desk, const StreamLimits& limits, StreamCounters& counters)
    : streams_(desk, limits, counters, base::steady_ms()) {
  thread_ = std::thread([this] { run(); });
}

void StreamLoop::post(Task task) {
  const std::lock_guard lock(mutex_);
  word_.tasks.push_back(std::move(task));
  changed_.notify_one();
}

bool StreamLoop::post(const QuoteBatch& batch) {
  const std::lock_guard lock(mutex_);
  if (word_.batches.size() >= kMaxBatches) return false;
  word_.batches.push_back(batch);
  changed_.notify_one();
  return true;
}

void StreamLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void StreamLoop::run() {
  std::int64_t turned_ms = 0;
  for (bool stopped = false; !stopped;) {
    const Word word = wait(stopped);
    const std::int64_t now_ms = base::steady_ms();
    if (now_ms - turned_ms >= kTick.count()) {
      streams_.advance(now_ms);
      turned_ms = now_ms;
    }
    for (const Task& task : word.tasks) task(streams_);
    for (const QuoteBatch& batch : word.batches) streams_.publish(*batch);
  }
}

StreamLoop::Word StreamLoop::wait(bool& stopped) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kTick, [this] { return stopped_ || !word_.tasks.empty() || !word_.batches.empty(); });
  stopped = stopped_;
  return std::exchange(word_, {});
}

}  // namespace wsf::grpc
