#include "wsclient/ping_statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace wsf::wsclient {

void PingStatistics::answered(std::int64_t round_trip_us) {
  min_us_ = answered_ == 0 ? round_trip_us : std::min(min_us_, round_trip_us);
  max_us_ = std::max(max_us_, round_trip_us);
  ++answered_;
  const double distance = static_cast<double>(round_trip_us) - mean_us_;
  mean_us_ += distance / static_cast<double>(answered_);
  squares_ += distance * (static_cast<double>(round_trip_us) - mean_us_);
}

std::string PingStatistics::text(std::int64_t elapsed_ms) const {
  const double lost = sent_ == 0 ? 0 : 100 * static_cast<double>(sent_ - answered_) / static_cast<double>(sent_);
  auto result = fmt::format("{} sent, {} answered, {:.0f} % lost, time {:.1f} s", sent_, answered_, lost,
                            static_cast<double>(elapsed_ms) / 1000);
  if (answered_ == 0) return result;
  const double deviation_us = std::sqrt(squares_ / static_cast<double>(answered_));
  return result + fmt::format("\nround trip min/avg/max/mdev = {:.2f}/{:.2f}/{:.2f}/{:.2f} ms",
                              static_cast<double>(min_us_) / 1000, mean_us_ / 1000,
                              static_cast<double>(max_us_) / 1000, deviation_us / 1000);
}

}  // namespace wsf::wsclient
