#include "load/redis_channels.hpp"

#include "redis/commands.hpp"

#include <mutex>

namespace wsf::load {

struct RedisChannels::Answers {
  void take(const base::Result<redis::Reply>& reply);

  std::mutex mutex;
  Counts counts;
  std::string last_failure;
};

void RedisChannels::Answers::take(const base::Result<redis::Reply>& reply) {
  const std::lock_guard lock(mutex);
  if (!reply) {
    ++counts.failed;
    last_failure = reply.error().message;
    return;
  }
  ++counts.answered;
  counts.receivers += static_cast<std::uint64_t>(reply->integer);
  if (reply->integer == 0) ++counts.unheard;
}

RedisChannels::RedisChannels(redis::Commands& commands)
    : commands_(commands), answers_(std::make_shared<Answers>()) {}

bool RedisChannels::put(std::string_view channel, std::string_view payload) {
  return commands_.send({"PUBLISH", channel, payload},
                        [answers = answers_](const base::Result<redis::Reply>& reply) { answers->take(reply); });
}

RedisChannels::Counts RedisChannels::counts() const {
  const std::lock_guard lock(answers_->mutex);
  return answers_->counts;
}

std::string RedisChannels::last_failure() const {
  const std::lock_guard lock(answers_->mutex);
  return answers_->last_failure;
}

}  // namespace wsf::load
