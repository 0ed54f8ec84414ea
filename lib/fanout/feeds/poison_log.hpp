#pragma once
// Records that are skipped: each is counted by its cause, and logged at a limited rate with its place. On the feed's
// thread only.

#include "fanout/feeds/feed_state.hpp"
#include "kafka/record.hpp"
#include "protocol/poison.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace wsf::fanout {

class PoisonLog {
 public:
  static constexpr std::chrono::seconds kEvery{10};  // a line for each cause

  explicit PoisonLog(FeedState& state) : state_(state) {}
  void skip(const kafka::Record& record, std::string_view topic, protocol::Poison cause);

 private:
  struct Last {
    std::chrono::steady_clock::time_point at{};
    std::uint64_t unlogged = 0;
  };
  FeedState& state_;
  std::array<Last, protocol::kPoisonCount> last_{};
};

}  // namespace wsf::fanout
