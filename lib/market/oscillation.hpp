#pragma once
// The rule by which the quotes service that this one replaces made up its prices: each time some of the securities
// that somebody watches move to a price within 1 % of their base price. The same seed and the same calls give the
// same prices. Used by one thread.

#include "market/symbols.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace wsf::market {

struct Move {
  std::size_t security = 0;  // its place in the list
  double price = 0;          // whole cents, at least 1.00
};

class Oscillation {
 public:
  static constexpr double kWidth = 0.01;  // of the base price, either way
  static constexpr double kFloor = 1.00;

  explicit Oscillation(std::uint64_t seed) : random_(seed) {}

  // Of the watched ones (places in `securities`, each once) a random part, at least one, in random order; none for
  // none.
  std::vector<Move> step(const std::vector<Security>& securities, std::vector<std::size_t> watched);

 private:
  std::mt19937_64 random_;
};

}  // namespace wsf::market
