#pragma once
// The channels of users who are here. Any thread.

#include <atomic>
#include <cstdint>
#include <string>

namespace wsf::fanout {

class UserChannels {
 public:
  virtual ~UserChannels() = default;
  // Counted: the user's messages are asked for from the first join to the last leave, over all shards. A leave and a
  // join at the same time end as joined, whatever order they come in.
  virtual void join(const std::string& user) = 0;
  virtual void leave(const std::string& user) = 0;
};

// Whether the feed of these channels stands. Written by its thread, read by any.
struct ChannelFeedState {
  std::atomic<bool> up{false};
  std::atomic<bool> was_up{false};
  std::atomic<std::uint64_t> outages{1};      // the number of the present or last one: the start counts as one
  std::atomic<std::int64_t> down_since_ms{};  // steady; of that one
};

}  // namespace wsf::fanout
