#pragma once
// The wait for Redis at the start, which tells a person at a terminal what is waited for.

#include "redis/commands.hpp"

#include <atomic>
#include <chrono>
#include <string_view>

namespace wsf::load {

// Until commands can be sent, or `stop` is set: then false. Throws base::StartupError, with what the user can do,
// when Redis refuses us or is not reached in time. When it takes longer than a second and `fd` is a terminal, "HEAD
// waiting for Redis at URL" is written there, once.
bool wait_for_redis(const redis::Commands& commands, const redis::Options& redis, std::chrono::milliseconds timeout,
                    const std::atomic<bool>& stop, int fd, std::string_view head);

}  // namespace wsf::load
