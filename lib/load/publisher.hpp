#pragma once
// An open-loop publisher: event i is due at a time that only the plan decides, however late the one before it was,
// and carries that time. What is late is published at once and shows in the lateness, it never moves the schedule.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::kafka {
class Producer;
}

namespace wsf::load {

struct PublishPlan {
  std::vector<std::string> pairs;        // taken in turn; not empty
  double rate_per_s = 10;                // events of all pairs together, above 0
  std::uint64_t burst = 1;               // so many events of one pair are due at the same time, the rate stays
  std::uint64_t count = 0;               // events in total; 0: no limit
  std::chrono::nanoseconds duration{0};  // no event is due at or after it; 0: no limit
  std::uint64_t seed = 1;
  std::string run = "run";  // names this run in each event
};

// Where events go: Kafka, standard output, a test.
class EventOutput {
 public:
  virtual ~EventOutput() = default;
  // False: cannot take it now; the publisher offers the same event again later.
  virtual bool put(std::string_view pair, std::string_view event) = 0;
};

class KafkaOutput : public EventOutput {
 public:
  explicit KafkaOutput(kafka::Producer& producer) : producer_(producer) {}
  bool put(std::string_view pair, std::string_view event) override;  // keyed by the pair

 private:
  kafka::Producer& producer_;
};

struct Lateness {
  double p50_ms = 0, p99_ms = 0, max_ms = 0;  // of what was put, against its due time
  std::uint64_t count = 0;                    // 0: nothing was put, the others mean nothing
};

// Pure schedule: time comes in as parameters, nothing blocks. One thread drives it; published() may be read by any.
class Publisher {
 public:
  // start_epoch_ns: the wall clock at elapsed 0; the events' due_ns and timestamps follow from it.
  Publisher(PublishPlan, EventOutput&, std::int64_t start_epoch_ns);
  ~Publisher();

  // Puts what is due at `elapsed` since the start, at most kMaxBurst events. Returns when to be called next (not
  // later than `elapsed`: at once; the output is full or the burst was cut), nullopt when the plan is done.
  std::optional<std::chrono::nanoseconds> step(std::chrono::nanoseconds elapsed);
  static constexpr int kMaxBurst = 1000;

  std::uint64_t published() const;                     // events put so far
  std::uint64_t published_of(std::size_t pair) const;  // of the pair with this index: its last seq
  // Events of that pair that the plan has due within [from, to) since the start, put or not.
  std::uint64_t due_of(std::size_t pair, std::chrono::nanoseconds from, std::chrono::nanoseconds to) const;
  Lateness lateness() const;  // on the driving thread, or after it ended
  std::int64_t start_epoch_ns() const;

 private:
  class Schedule;
  std::unique_ptr<Schedule> schedule_;
};

// Drives the publisher by the real clock on the calling thread, serving the producer's reports (may be null), until
// the plan is done or `stop` is true (noticed within 100 ms). Returns the time it took. Does not flush.
std::chrono::nanoseconds run_publisher(Publisher&, kafka::Producer*, const std::atomic<bool>& stop);

}  // namespace wsf::load
