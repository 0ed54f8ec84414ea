#include "redis_publishing.hpp"

#include "base/standard_streams.hpp"
#include "base/units.hpp"
#include "load/progress_line.hpp"
#include "load/redis_channels.hpp"
#include "load/redis_wait.hpp"
#include "redis/commands.hpp"
#include "run.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <utility>

namespace ratepub {
namespace {

namespace load = wsf::load;
using wsf::base::format_count;
using wsf::redis::Commands;

void tell(const std::string& line) {
  wsf::base::tell("ratepub", line);
}

class RedisOutlet : public Outlet {
 public:
  explicit RedisOutlet(load::RedisChannels& channels) : channels_(channels) {}
  bool put_to(std::size_t, std::optional<std::string_view> channel, std::optional<std::string_view> value) override {
    return channels_.put(channel.value_or(""), value.value_or(""));
  }

 private:
  load::RedisChannels& channels_;
};

// What is told of a run: how far it is, when Redis is lost and back, and what it came to.
class Account {
 public:
  Account(const Source& source, const Commands& commands, const load::RedisChannels& channels)
      : source_(source), commands_(commands), channels_(channels), progress_(fileno(stderr)) {}

  void look();
  void close(std::chrono::nanoseconds time);

 private:
  std::string counts(std::chrono::nanoseconds time) const {
    const auto counts = channels_.counts();
    return fmt::format("{} · {} published · {} reached nobody · {} failed", queued_text(source_.published(), time),
                       format_count(counts.answered), format_count(counts.unheard), format_count(counts.failed));
  }

  const Source& source_;
  const Commands& commands_;
  const load::RedisChannels& channels_;
  load::ProgressLine progress_;
  bool up_ = true;
};

void Account::look() {
  const bool up = commands_.up();
  if (std::exchange(up_, up) != up)
    progress_.finish(up ? "ratepub: Redis is back"
                        : fmt::format("ratepub: Redis is lost: {}; trying again", commands_.last_error()));
  if (progress_.wanted()) progress_.redraw(counts(run_time(source_)));
}

void Account::close(std::chrono::nanoseconds time) {
  progress_.finish("ratepub: " + counts(time) + late_text(source_.loop().lateness()));
  const auto counts = channels_.counts();
  if (counts.unheard > 0)
    tell(fmt::format("{} of {} reached nobody: {} at that moment", format_count(counts.unheard),
                     format_count(counts.answered), source_.why_unheard()));
  const auto unanswered = commands_.counters().outstanding;
  if (unanswered > 0) tell(fmt::format("{} not answered in time", format_count(unanswered)));
  if (counts.failed > 0) tell("last error: " + channels_.last_failure());
}

}  // namespace

bool publish_to_redis(const Options& options, const std::atomic<bool>& stop) {
  // What the connection has to tell of itself is for a service's log; here it is told in words of our own.
  if (spdlog::get_level() == spdlog::level::info) spdlog::set_level(spdlog::level::off);
  const auto source = make_source(options);
  Commands commands(options.redis, {.send_timeout = options.timeout});
  if (!load::wait_for_redis(commands, options.redis, options.timeout, stop, fileno(stderr), "ratepub:")) return false;
  tell(fmt::format("publishing {} to {} of {}", source->text(), source->channels(), options.redis.text()));
  load::RedisChannels channels(commands);
  RedisOutlet outlet(channels);
  source->start(outlet);
  Account account(*source, commands, channels);
  const auto look = [&] { account.look(); };
  const auto time = run_shown(*source, nullptr, stop, look);
  const bool settled =
      await_confirmations([&](auto step) { return commands.drain(step); }, options.timeout, stop, look);
  account.close(time);
  return settled && channels.counts().failed == 0;
}

}  // namespace ratepub
