#include "load/notify_publisher.hpp"

#include "base/check.hpp"
#include "base/timestamp.hpp"
#include "protocol/notify.hpp"
#include "redis/commands.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>
#include <mutex>
#include <utility>

namespace wsf::load {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

}  // namespace

void append_notification(std::string& out, const Notification& one, std::string_view run) {
  fmt::format_to(
      std::back_inserter(out),
      FMT_COMPILE(
          R"({{"type":"notification","userId":"{}","message":"Notification {}","timestamp":"{}","load":{{"run":"{}","seq":{},"due_ns":{}}}}})"),
      one.user, one.seq, base::rfc3339(one.due_ns / kNsPerMs), run, one.seq, one.due_ns);
}

NotifyPublisher::NotifyPublisher(std::vector<std::string> users, const Pace& pace, NotifyPayload payload,
                                 NotifyOutput& output, std::int64_t start_epoch_ns)
    : PacedLoop(pace, start_epoch_ns), users_(std::move(users)), payload_(std::move(payload)), output_(output) {
  base::check(!users_.empty(), "there is somebody to notify");
}

bool NotifyPublisher::put(std::uint64_t number, std::int64_t due_ns) {
  const std::string& user = users_[number % users_.size()];
  text_.clear();
  payload_(text_, {user, number / users_.size() + 1, due_ns});
  return output_.put(user, text_);
}

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

bool RedisChannels::put(std::string_view user, std::string_view payload) {
  channel_ = protocol::notify_channel(user);
  return commands_.send({"PUBLISH", channel_, payload},
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
