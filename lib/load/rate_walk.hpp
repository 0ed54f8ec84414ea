#pragma once
// Made-up FX rates that look like real ones: a seeded random walk for each pair, in whole points (the last decimal
// that is quoted), and the FxRateUpdated event that carries a quote.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

inline constexpr std::size_t kMaxPairs = 10'000;

// At least 110 pairs that are quoted somewhere, best known first, each once.
const std::vector<std::string>& well_known_pairs();

// {"EURUSD","USDJPY"} as given (each once), or {"12"}: the first 12 of the well-known ones.
base::Result<std::vector<std::string>> choose_pairs(const std::vector<std::string>& wanted);

// A quote in points: bid < rate < ask, all above zero. 3 decimals where the quote currency is JPY, else 5.
struct Quote {
  std::int64_t rate = 0;
  std::int64_t bid = 0;
  std::int64_t ask = 0;
  int decimals = 5;
};

// The same pairs and seed give the same quotes on every machine.
class RateWalk {
 public:
  RateWalk(const std::vector<std::string>& pairs, std::uint64_t seed);
  Quote next(std::size_t pair);  // index into the pairs given

 private:
  struct Pair {
    std::int64_t start, rate, half_spread, step;
    int decimals;
  };
  std::vector<Pair> pairs_;
  std::mt19937_64 random_;
};

// What the "load" member tells a measuring reader: which run, which event of its pair (from 1), when it was due.
struct LoadMark {
  std::string_view run;
  std::uint64_t seq = 0;
  std::int64_t due_ns = 0;  // epoch nanoseconds
};

// Appends the event as one line of JSON, without a newline.
void append_event(std::string& out, std::string_view pair, const Quote&, std::string_view event_id,
                  std::int64_t timestamp_ms, const LoadMark&);

// A version 4 UUID out of the given generator (repeatable, where that is seeded).
std::string make_uuid(std::mt19937_64&);

}  // namespace wsf::load
