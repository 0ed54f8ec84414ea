#pragma once
// The pairs of each session in Redis, so that a client that comes back, to any replica, has them again: the set
// subscriptions:<session>, and beside it whose they are, both with a time to live. Each change writes all pairs of
// the session, so what was lost with a connection to Redis is mended by the next one. Any thread; Redis is never
// waited for.

#include "redis/commands.hpp"
#include "redis/options.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::fanout {

// What is kept of a session.
struct Recollection {
  enum class State { found, unknown, unavailable };
  State state = State::unknown;
  std::vector<std::string> pairs{};  // sorted; as they were written: not checked here
};

struct KeptCounters {
  std::uint64_t recalled = 0;  // sessions that were found
  std::uint64_t unknown = 0;   // or not, or another user's
  std::uint64_t failures = 0;  // commands that Redis refused, or did not answer
};

class KeptSubscriptions {
 public:
  static constexpr std::chrono::milliseconds kStopPatience{1'000};  // for what is still to be written

  // Throws base::StartupError (usage) with what is wrong with the TLS files. Does not wait for the server.
  KeptSubscriptions(const redis::Options& redis, std::chrono::milliseconds time_to_live);
  ~KeptSubscriptions();

  std::chrono::milliseconds time_to_live() const { return time_to_live_; }

  // From now on for the time to live. No pairs: nothing is kept of the session. `user`: empty where nobody has one.
  void keep(std::string_view session, std::string_view user, std::span<const std::string_view> pairs);

  // What is kept of a session of this user; told once, here and now or on the thread of Redis.
  using OnRecollection = std::function<void(Recollection)>;
  void recall(std::string_view session, std::string_view user, OnRecollection on_recollection);

  KeptCounters counters() const { return {recalled_, unknown_, failures_}; }

 private:
  void note_failure(const std::string& why);

  const std::chrono::milliseconds time_to_live_;
  std::atomic<std::uint64_t> recalled_{0}, unknown_{0}, failures_{0};
  redis::Commands commands_;
};

}  // namespace wsf::fanout
