#pragma once
// An open loop of single messages: message i is due at i / rate, however late the one before it was.

#include "load/open_loop.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace wsf::load {

struct Pace {
  double rate_per_s = 10;                // of all messages together, above 0
  std::uint64_t count = 0;               // messages in total; 0: no limit
  std::chrono::nanoseconds duration{0};  // no message is due at or after it; 0: no limit
};

class PacedLoop : public OpenLoop {
 public:
  // Since the start.
  static std::chrono::nanoseconds due_at(std::uint64_t number, double rate_per_s);
  static std::uint64_t due_before(std::chrono::nanoseconds time, double rate_per_s);  // how many

  // start_epoch_ns: the wall clock at elapsed 0.
  PacedLoop(const Pace& pace, std::int64_t start_epoch_ns);
  ~PacedLoop() override;

  std::optional<std::chrono::nanoseconds> step(std::chrono::nanoseconds elapsed) final;
  std::uint64_t published() const final { return published_.load(std::memory_order_relaxed); }
  Lateness lateness() const final;
  std::int64_t start_epoch_ns() const final { return start_epoch_ns_; }
  std::uint64_t due_before(
      std::chrono::nanoseconds time) const;  // since the start: how many the plan has due by then

 protected:
  // Message `number`, from 0, due at that wall clock. False: the output cannot take it now; the same number comes
  // again later.
  virtual bool put(std::uint64_t number, std::int64_t due_ns) = 0;

 private:
  std::chrono::nanoseconds due(std::uint64_t number) const;
  bool done(std::uint64_t number) const;

  const Pace pace_;
  const std::int64_t start_epoch_ns_;
  std::atomic<std::uint64_t> published_{0};
  std::unique_ptr<stats::Histogram> late_us_;
};

}  // namespace wsf::load
