#pragma once
// The quotes of a run of the protocol quotes: of one symbol after the other, round and round, each at a fixed time. A
// price comes once in a run for its symbol, so it tells which quote it is of, and so when that was due. Pure
// arithmetic; any thread.

#include "load/quote_walk.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace wsf::load {

class QuoteTurns {
 public:
  static constexpr double kMostRate = 40'000;  // so that 32 bits number what a day has of one symbol

  // plan.rate_per_s: of all symbols together, at most kMostRate. plan.some means nothing.
  explicit QuoteTurns(QuotePlan plan);

  std::uint32_t symbols() const { return walk_.symbols(); }
  const std::string& symbol(std::uint32_t number) const { return walk_.symbol(number); }
  double rate_per_s() const { return rate_per_s_; }

  // Rounds count from 0. A time is since the start.
  std::chrono::nanoseconds due(std::uint32_t round, std::uint32_t symbol) const;
  std::uint32_t rounds_before(std::chrono::nanoseconds time, std::uint32_t symbol) const;
  std::uint32_t rounds(std::uint32_t symbol) const { return rounds_of(quotes_, symbol); }  // of the whole run

  // `start_ns`: epoch.
  QuoteValues values(std::uint32_t round, std::uint32_t symbol, std::int64_t start_ns) const;
  // Appends the quote as a JSON object, as it goes to Redis:
  // {"symbol":"AAPL","price":150.31,"change":0.06,"change_percent":0.04,"timestamp":1761561000000}
  void append_json(std::string& out, std::uint32_t round, std::uint32_t symbol, std::int64_t start_ns) const;
  // Which quote of the symbol has that price; std::nullopt: none of this run.
  std::optional<std::uint32_t> round_of(std::uint32_t symbol, double price) const;

 private:
  std::uint32_t rounds_of(std::uint64_t quotes, std::uint32_t symbol) const;
  std::int64_t time_ms(std::uint32_t round, std::uint32_t symbol, std::int64_t start_ns) const;

  const double rate_per_s_;
  const std::uint64_t quotes_;  // of all symbols, that are due in the run
  const QuoteWalk walk_;        // its events are the rounds; what it says of time is of no use here
};

}  // namespace wsf::load
