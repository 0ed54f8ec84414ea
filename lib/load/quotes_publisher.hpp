#pragma once
// The events of a walk, as they go to Redis: each is an object of the quotes that it moves, by symbol.

#include "load/event_script.hpp"
#include "load/paced_loop.hpp"
#include "load/quote_walk.hpp"

#include <cstdint>
#include <string>

namespace wsf::load {

class QuotesPublisher : public PacedLoop {
 public:
  // The walk must outlive it.
  QuotesPublisher(const QuoteWalk& walk, const EventPlan& plan, EventScript::Put put, std::int64_t start_epoch_ns);

 private:
  bool put(std::uint64_t number, std::int64_t due_ns) override;

  const QuoteWalk& walk_;
  const std::string run_;
  const std::int64_t start_ns_;
  const EventScript::Put put_;
  std::string text_;
};

}  // namespace wsf::load
