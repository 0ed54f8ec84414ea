#pragma once
// Commands to Redis, pipelined over one connection, each with its answer. Not for SUBSCRIBE and its like.

#include "base/result.hpp"
#include "redis/options.hpp"
#include "redis/reply.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

namespace wsf::redis {

struct CommandLimits {
  std::size_t max_commands = 65'536;              // not yet answered
  std::size_t max_bytes = std::size_t{64} << 20;  // of them that are not yet written
  std::chrono::milliseconds send_timeout{5'000};  // then what waits for a connection is given up
};

struct CommandCounters {
  std::uint64_t answered = 0;  // errors of Redis included
  std::uint64_t failed = 0;    // given up, or lost with their connection
  std::uint64_t refused = 0;   // by send(): too many
  std::uint64_t outstanding = 0;
  std::uint64_t connects = 0;
};

// Owns one thread. Commands of one thread go out in their order. A command that was written when its connection was
// lost fails, executed or not: it is never sent twice.
class Commands {
 public:
  // The answer, or why there is none: Redis' own error ("NOPERM ..."), or what became of the connection. Called once
  // on the thread of Commands, never from within send(); it may call send().
  using OnAnswer = std::function<void(base::Result<Reply>)>;

  // Throws base::StartupError (usage) with what is wrong with the TLS files. Does not wait for the server.
  explicit Commands(const Options& options, const CommandLimits& limits = {});
  ~Commands();  // what is not answered is dropped without a call: drain() first
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  // Any thread; never waits for Redis. False: the limits are reached, counted, and nothing is called.
  bool send(std::span<const std::string_view> parts, OnAnswer on_answer = {});
  bool send(std::initializer_list<std::string_view> parts, OnAnswer on_answer = {});

  // Waits until all that was sent is answered or failed. False: not within `timeout`. Not on the thread of Commands.
  bool drain(std::chrono::milliseconds timeout);

  // Any thread.
  bool up() const;
  CommandCounters counters() const;
  std::string last_error() const;  // of the connection; empty: none so far

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace wsf::redis
