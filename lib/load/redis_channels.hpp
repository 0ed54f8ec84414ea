#pragma once
// What is published in channels of Redis, and how much of it somebody heard.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace wsf::redis {
class Commands;
}

namespace wsf::load {

// PUBLISH, pipelined. Redis keeps nothing for a channel: what it answers is how many listened just then.
class RedisChannels {
 public:
  struct Counts {
    std::uint64_t answered = 0;   // published, whether somebody listened or not
    std::uint64_t receivers = 0;  // of all of them together: connections to Redis, not users
    std::uint64_t unheard = 0;    // those of the answered that nobody listened to
    std::uint64_t failed = 0;     // refused by Redis, or lost with its connection
  };

  explicit RedisChannels(redis::Commands& commands);

  bool put(std::string_view channel, std::string_view payload);  // false: too many are unanswered

  // Any thread.
  Counts counts() const;
  std::string last_failure() const;  // why; empty: none so far

 private:
  struct Answers;  // they come on the commands' thread, and may outlive this object
  redis::Commands& commands_;
  std::shared_ptr<Answers> answers_;
};

}  // namespace wsf::load
