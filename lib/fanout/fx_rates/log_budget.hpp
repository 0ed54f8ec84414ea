#pragma once
// Log lines that clients can cause are bounded in number: a log that one client can fill is a way to stop the
// service.

#include <cstdint>

namespace wsf::fanout {

class LogBudget {
 public:
  static constexpr std::uint32_t kLinesPerSecond = 100;

  // Whether a line may be written now.
  bool spend(std::int64_t now_ms) {
    if (now_ms - second_began_ms_ >= 1000) {
      second_began_ms_ = now_ms;
      spent_ = 0;
    }
    if (spent_ >= kLinesPerSecond) {
      ++kept_back_;
      return false;
    }
    ++spent_;
    return true;
  }

  // Lines kept back since the last call, when their second is over; else 0.
  std::uint64_t take_kept_back(std::int64_t now_ms) {
    if (kept_back_ == 0 || now_ms - second_began_ms_ < 1000) return 0;
    const std::uint64_t count = kept_back_;
    kept_back_ = 0;
    return count;
  }

 private:
  std::int64_t second_began_ms_ = 0;
  std::uint32_t spent_ = 0;
  std::uint64_t kept_back_ = 0;
};

}  // namespace wsf::fanout
