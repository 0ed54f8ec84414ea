#include "base/backoff.hpp"

#include <algorithm>

namespace wsf::base {

std::chrono::milliseconds Backoff::next(WaitWindow asked) {
  ceiling_ = std::max(ceiling_, asked.most);
  const auto spread = static_cast<double>((ceiling_ - asked.least).count());
  const auto wait = asked.least + std::chrono::duration_cast<std::chrono::milliseconds>(
                                      std::chrono::duration<double, std::milli>(random_() * spread));
  ceiling_ = std::min(2 * ceiling_, limits_.last);
  return wait;
}

}  // namespace wsf::base
