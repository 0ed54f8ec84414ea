#include "wsclient/backoff.hpp"

#include <algorithm>

namespace wsf::wsclient {

std::chrono::milliseconds Backoff::next() {
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double, std::milli>(random_() * static_cast<double>(ceiling_.count())));
  ceiling_ = std::min(2 * ceiling_, kLastCeiling);
  return wait;
}

}  // namespace wsf::wsclient
