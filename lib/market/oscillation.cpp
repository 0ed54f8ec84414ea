#include "market/oscillation.hpp"

#include <algorithm>
#include <cmath>

namespace wsf::market {

std::vector<Move> Oscillation::step(const std::vector<Security>& securities, std::vector<std::size_t> watched) {
  std::vector<Move> out;
  if (watched.empty()) return out;
  const std::size_t moving = 1 + random_() % watched.size();
  for (std::size_t i = 0; i < moving; ++i) {
    std::swap(watched[i], watched[i + random_() % (watched.size() - i)]);
    const double chance = static_cast<double>(random_() >> 11) * 0x1p-53;  // [0, 1)
    const double price = securities[watched[i]].base_price * (1 + (chance - 0.5) * 2 * kWidth);
    out.push_back({watched[i], std::max(kFloor, std::round(price * 100) / 100)});
  }
  return out;
}

}  // namespace wsf::market
