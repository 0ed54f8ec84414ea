#pragma once
// The thread on which the streams of a QuoteServer live. The gRPC library's threads and the feeds only leave word
// here.

#include "grpc/quote_streams.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace wsf::grpc {

using QuoteBatch = std::shared_ptr<const std::vector<protocol::QuoteEvent>>;

class StreamLoop {
 public:
  static constexpr std::size_t kMaxBatches = 1'024;       // on their way
  static constexpr std::chrono::milliseconds kTick{100};  // how exact the streams' clock is
  using Task = std::function<void(QuoteStreams&)>;

  StreamLoop(QuoteDesk& desk, const StreamLimits& limits, StreamCounters& counters);
  ~StreamLoop() { stop(); }
  StreamLoop(const StreamLoop&) = delete;
  StreamLoop& operator=(const StreamLoop&) = delete;

  // Any thread, in order. Bounded by who posts: of a stream at most an opening, a request, a write, a cancellation
  // and an end are on their way.
  void post(Task task);
  // Any thread. False: full, and the batch is not taken.
  bool post(const QuoteBatch& batch);

  // Ends the thread after what has been posted.
  void stop();

 private:
  struct Word {
    std::vector<Task> tasks;
    std::vector<QuoteBatch> batches;
  };
  void run();
  Word wait(bool& stopped);

  QuoteStreams streams_;  // the thread's own
  std::mutex mutex_;
  std::condition_variable changed_;
  Word word_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace wsf::grpc
