#pragma once
// An open-loop publisher: event i is due at a time that only the plan decides, however late the one before it was,
// and carries that time. What is late is published at once and shows in the lateness, it never moves the schedule.

#include "load/open_loop.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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

class Publisher : public OpenLoop {
 public:
  // start_epoch_ns: the wall clock at elapsed 0; the events' due_ns and timestamps follow from it.
  Publisher(PublishPlan, EventOutput&, std::int64_t start_epoch_ns);
  ~Publisher() override;

  std::optional<std::chrono::nanoseconds> step(std::chrono::nanoseconds elapsed) override;
  std::uint64_t published() const override;
  std::uint64_t published_of(std::size_t pair) const;  // of the pair with this index: its last seq
  // Events of that pair that the plan has due within [from, to) since the start, put or not.
  std::uint64_t due_of(std::size_t pair, std::chrono::nanoseconds from, std::chrono::nanoseconds to) const;
  Lateness lateness() const override;
  std::int64_t start_epoch_ns() const override;

 private:
  class Schedule;
  std::unique_ptr<Schedule> schedule_;
};

}  // namespace wsf::load
