#pragma once
// An open-loop publisher of a trading service's messages: message i is due at a time that only the plan decides.
// Their last member is the mark that a measuring reader wants: "load":{"run":"...","seq":N,"due_ns":N}, where seq
// counts the messages of a market, or those of one type of an assessment.

#include "load/paced_loop.hpp"
#include "load/trading_keys.hpp"
#include "load/trading_walk.hpp"

#include <chrono>
#include <cstdint>
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
  std::vector<std::string> assessments{};  // likewise; none: nothing but prices
  double rate_per_s = 10;                  // of all messages together, above 0
  std::uint64_t count = 0;                 // messages in total; 0: no limit
  std::chrono::nanoseconds duration{0};    // no message is due at or after it; 0: no limit
  std::uint64_t seed = 1;
  std::string run{};  // names this run in the mark of each message; empty: they have none
};

class TradingPublisher : public PacedLoop {
 public:
  // start_epoch_ns: the wall clock at elapsed 0; the messages' timestamps follow from it. The output must outlive it.
  TradingPublisher(const TradingPlan& plan, TradingOutput& output, std::int64_t start_epoch_ns);

  // Messages that the plan has due within [from, to) since the start, published or not, by TradingKeys.
  std::vector<std::uint64_t> due_of_each_key(std::chrono::nanoseconds from, std::chrono::nanoseconds to) const;

 private:
  bool put(std::uint64_t number, std::int64_t due_ns) override;

  void mark(TradingMessage& message, std::int64_t due_ns);

  TradingOutput& output_;
  const std::string run_;
  const TradingKeys keys_;
  TradingWalk walk_;
  std::vector<std::uint64_t> counts_;      // [key]
  std::optional<TradingMessage> refused_;  // offered again: the walk must not move twice
};

}  // namespace wsf::load
