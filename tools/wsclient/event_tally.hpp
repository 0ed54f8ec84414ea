#pragma once
// How many messages came and how old they were. One thread.

#include "stats/histogram.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::wsclient {

class EventTally {
 public:
  // time_ms: that of the message, where it has one.
  void add(std::optional<std::int64_t> time_ms, std::int64_t now_us) {
    ++count_;
    if (const auto age = passed_us(time_ms, now_us)) age_us_.record(static_cast<std::uint64_t>(*age));
  }

  std::uint64_t count() const { return count_; }

  // "1,204 messages in 1m12s, p50 3 ms p99 11 ms max 20 ms"
  std::string text(std::string_view thing, std::int64_t elapsed_ms) const {
    auto line = fmt::format("{} in {}", counted(count_, thing), elapsed_text(elapsed_ms));
    if (age_us_.count() > 0) line += ", " + latency_range(age_us_);
    return line;
  }

 private:
  std::uint64_t count_ = 0;
  stats::Histogram age_us_;
};

}  // namespace wsf::wsclient
