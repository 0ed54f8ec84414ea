#include "load/redis_wait.hpp"

#include "base/exit_codes.hpp"
#include "base/units.hpp"
#include "load/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <thread>

namespace wsf::load {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{10};
constexpr std::chrono::seconds kUntold{1};

// Words that Redis begins an error with which no second attempt will change.
constexpr std::array<std::string_view, 3> kRefusals{"WRONGPASS", "NOAUTH", "NOPERM"};

bool is_refusal(std::string_view why) {
  return std::ranges::any_of(kRefusals, [&](std::string_view word) { return why.find(word) != why.npos; });
}

}  // namespace

bool wait_for_redis(const redis::Commands& commands, const redis::Options& redis, std::chrono::milliseconds timeout,
                    const std::atomic<bool>& stop, int fd, std::string_view head) {
  const auto begin = Clock::now();
  ProgressLine progress(fd);
  for (bool told = false; !commands.up(); std::this_thread::sleep_for(kLook)) {
    if (stop) return false;
    const auto why = commands.last_error();
    if (is_refusal(why))
      throw base::StartupError(
          base::Exit::refused,
          fmt::format("Redis at {} refuses us: {} (--redis-password-file, or REDIS_PASSWORD)", redis.text(), why));
    if (Clock::now() - begin >= timeout)
      throw base::StartupError(
          base::Exit::cannot_connect,
          fmt::format("cannot reach Redis at {} within {}: {} (is it running? choose --redis)", redis.text(),
                      base::format_duration(timeout), why.empty() ? "no answer" : why));
    if (told || !progress.wanted() || Clock::now() - begin < kUntold) continue;
    told = true;
    progress.finish(
        fmt::format("{} waiting for Redis at {}, at most {}", head, redis.text(), base::format_duration(timeout)));
  }
  return true;
}

}  // namespace wsf::load
