#pragma once
// A token bucket (RFC 2697 section 3, of one colour): so many a second, and as many at once as in a second. Eight
// bytes; the clock is the caller's, milliseconds of any origin.

#include <algorithm>
#include <cstdint>

namespace wsf::hub {

class TokenBucket {
 public:
  // A new bucket is full.
  bool take(double rate_per_s, std::int64_t now_ms, double tokens = 1) {
    const auto now = static_cast<std::uint32_t>(now_ms);
    const double most = std::max(1.0, rate_per_s);
    const double passed_s = static_cast<double>(now - at_ms_) / 1000;
    const double there = level_ < 0 ? most : std::min(most, static_cast<double>(level_) + passed_s * rate_per_s);
    const bool enough = there >= tokens;
    level_ = static_cast<float>(enough ? there - tokens : there);
    at_ms_ = now;
    return enough;
  }

 private:
  float level_ = -1;  // below 0: never used
  std::uint32_t at_ms_ = 0;
};

}  // namespace wsf::hub
