#pragma once
// An open-loop publisher of a trading service's messages: message i is due at a time that only the plan decides.

#include "load/open_loop.hpp"
#include "load/trading_walk.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wsf::load {

// Where messages go: Kafka, standard output, a test.
class TradingOutput {
 public:
  virtual ~TradingOutput() = default;
  // False: cannot take it now; the same message is offered again later.
  virtual bool put(const TradingMessage& message) = 0;
};

struct TradingPlan {
  std::vector<std::string> markets{};      // not empty; names need no escaping in JSON
  std::vector<std::string> assessments{};  // likewise
  double rate_per_s = 10;                  // of all messages together, above 0
  std::uint64_t count = 0;                 // messages in total; 0: no limit
  std::chrono::nanoseconds duration{0};    // no message is due at or after it; 0: no limit
  std::uint64_t seed = 1;
};

class TradingPublisher : public OpenLoop {
 public:
  // start_epoch_ns: the wall clock at elapsed 0; the messages' timestamps follow from it. The output must outlive it.
  TradingPublisher(const TradingPlan& plan, TradingOutput& output, std::int64_t start_epoch_ns);
  ~TradingPublisher() override;

  std::optional<std::chrono::nanoseconds> step(std::chrono::nanoseconds elapsed) override;
  std::uint64_t published() const override { return published_.load(std::memory_order_relaxed); }
  Lateness lateness() const override;
  std::int64_t start_epoch_ns() const override { return start_epoch_ns_; }

 private:
  std::chrono::nanoseconds due(std::uint64_t message) const;
  bool done(std::uint64_t message) const;

  const TradingPlan plan_;
  TradingOutput& output_;
  const std::int64_t start_epoch_ns_;
  TradingWalk walk_;
  std::optional<TradingMessage> refused_;  // offered again: the walk must not move twice
  std::atomic<std::uint64_t> published_{0};
  std::unique_ptr<stats::Histogram> late_us_;
};

}  // namespace wsf::load
