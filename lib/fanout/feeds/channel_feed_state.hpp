#pragma once
// Whether a feed from Redis channels stands. Written by its thread, read by any.

#include <atomic>
#include <cstdint>

namespace wsf::fanout {

struct ChannelFeedState {
  std::atomic<bool> up{false};
  std::atomic<bool> was_up{false};
  std::atomic<std::uint64_t> outages{1};      // the number of the present or last one: the start counts as one
  std::atomic<std::int64_t> down_since_ms{};  // steady; of that one
};

}  // namespace wsf::fanout
