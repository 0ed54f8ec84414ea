#include "load/recorder.hpp"

#include "load/recorded_event.hpp"

#include <cerrno>

namespace wsf::load {

bool Recorder::write(const kafka::Record& record) {
  line_.clear();
  append_line(line_, record);
  if (std::fwrite(line_.data(), 1, line_.size(), out_) != line_.size()) return false;
  bytes_ += line_.size();
  return true;
}

void Recorder::on_records(std::span<const kafka::Record> records) {
  if (done()) return;
  for (const kafka::Record& record : records) {
    if (!write(record)) {
      error_ = errno;
      break;
    }
    records_++;
    if (done()) break;
  }
  if (std::fflush(out_) != 0 && error_ == 0) error_ = errno;
  if (!done()) return;
  const std::lock_guard lock(mutex_);
  news_.notify_all();
}

void Recorder::on_head() {
  const std::lock_guard lock(mutex_);
  at_head_ = true;
  news_.notify_all();
}

bool Recorder::wait(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const bool was_at_head = at_head_;
  news_.wait_for(lock, timeout, [&] { return done() || (at_head_ && !was_at_head); });
  return done();
}

}  // namespace wsf::load
