#pragma once
// What an open-loop run is: records that are due at fixed times, wherever they come from, an output that takes them,
// and the loop that drives the one into the other by the real clock.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wsf::kafka {
class Producer;
}
namespace wsf::stats {
class Histogram;
}

namespace wsf::load {

// Where events go: Kafka, standard output, a test.
class EventOutput {
 public:
  virtual ~EventOutput() = default;
  // False: cannot take it now; the same event is offered again later.
  virtual bool put(std::string_view pair, std::string_view event) = 0;
};

// One that takes any record: without a key, or without a value (a tombstone).
class RecordOutput : public EventOutput {
 public:
  virtual bool put_record(std::optional<std::string_view> key, std::optional<std::string_view> value) = 0;
  bool put(std::string_view pair, std::string_view event) final { return put_record(pair, event); }
};

class KafkaOutput : public RecordOutput {
 public:
  explicit KafkaOutput(kafka::Producer& producer) : producer_(producer) {}
  bool put_record(std::optional<std::string_view> key, std::optional<std::string_view> value) override;

 private:
  kafka::Producer& producer_;
};

struct Lateness {
  double p50_ms = 0, p99_ms = 0, max_ms = 0;  // of what was put, against its due time
  std::uint64_t count = 0;                    // 0: nothing was put on time or late, the others mean nothing
};
Lateness lateness_of(const stats::Histogram& late_us);

// At the 99th percentile: a publisher that was later voids its verdict, unless the user allows more.
inline constexpr std::chrono::milliseconds kMaxLateness{20};

// Pure schedule: time comes in as parameters, nothing blocks. One thread drives it; published() may be read by any.
class OpenLoop {
 public:
  virtual ~OpenLoop() = default;

  // Puts what is due at `elapsed` since the start, at most kMaxBurst events. Returns when to be called next (not
  // later than `elapsed`: at once; the output is full or the burst was cut), nullopt when all is done.
  virtual std::optional<std::chrono::nanoseconds> step(std::chrono::nanoseconds elapsed) = 0;
  static constexpr int kMaxBurst = 1000;
  static constexpr std::chrono::milliseconds kFullPause{1};  // until a full output is offered the event again

  virtual std::uint64_t published() const = 0;  // events put so far
  virtual Lateness lateness() const = 0;        // on the driving thread, or after it ended
  virtual std::int64_t start_epoch_ns() const = 0;
};

// Drives the schedule by the real clock on the calling thread, serving the producer's reports (may be null), until it
// is done or `stop` is true (noticed within 100 ms). Returns the time it took. Does not flush.
std::chrono::nanoseconds run_open_loop(OpenLoop&, kafka::Producer*, const std::atomic<bool>& stop);

}  // namespace wsf::load
