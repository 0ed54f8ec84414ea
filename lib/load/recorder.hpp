#pragma once
// Writes what a consumer reads into a recording, line by line, as it comes.

#include "kafka/record.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

namespace wsf::load {

// The consumer's thread writes; what is public may be asked by any.
class Recorder : public kafka::RecordSink {
 public:
  // `out` must outlive it; its reader sees each batch at once. `limit`: records, then it is done; 0: none.
  Recorder(std::FILE* out, std::uint64_t limit) : out_(out), limit_(limit) {}

  void on_records(std::span<const kafka::Record> records) override;
  void on_loss(const kafka::Loss& loss) override { lost_ += static_cast<std::uint64_t>(loss.next - loss.first); }
  void on_head() override;
  void on_broker(bool) override {}

  // Returns when it is done, at the log's head for the first time, or the time is over; true: done.
  bool wait(std::chrono::milliseconds timeout);
  bool at_head() const { return at_head_; }
  std::uint64_t records() const { return records_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t lost() const { return lost_; }  // records that the log gave up before they were read
  int error() const { return error_; }          // an errno: it could not write, and is done; 0: all is well

 private:
  bool done() const { return error_ != 0 || (limit_ > 0 && records_ >= limit_); }
  bool write(const kafka::Record&);

  std::FILE* const out_;
  const std::uint64_t limit_;
  std::string line_;
  std::atomic<std::uint64_t> records_{0}, bytes_{0}, lost_{0};
  std::atomic<int> error_{0};
  std::atomic<bool> at_head_{false};
  std::mutex mutex_;
  std::condition_variable news_;  // done, or at the head
};

}  // namespace wsf::load
