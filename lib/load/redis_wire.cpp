#include "load/redis_wire.hpp"

#include "base/clock.hpp"
#include "load/redis_wait.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace wsf::load {
namespace {

using Answer = base::Result<redis::Reply>;
using std::chrono::milliseconds;

constexpr milliseconds kReadyTimeout{5'000};
constexpr milliseconds kAnswerTimeout{10'000};
constexpr milliseconds kHeardTimeout{10'000};
constexpr milliseconds kLook{50};
constexpr std::size_t kChannelsAtOnce = 500;  // of one PUBSUB NUMSUB

// The answer, once it is there; std::nullopt: `stop` was set, or none came in time.
std::optional<Answer> answer_to(redis::Commands& commands, const std::vector<std::string_view>& parts,
                                const std::atomic<bool>& stop) {
  const auto promise = std::make_shared<std::promise<Answer>>();
  auto future = promise->get_future();
  if (!commands.send(parts, [promise](Answer answer) { promise->set_value(std::move(answer)); })) return std::nullopt;
  for (milliseconds waited{0}; waited < kAnswerTimeout && !stop; waited += kLook) {
    if (future.wait_for(kLook) == std::future_status::ready) return future.get();
  }
  return std::nullopt;
}

// Of the channels of a NUMSUB: name, count, name, count...
std::uint64_t without_subscriber(const redis::Reply& reply) {
  std::uint64_t out = 0;
  for (std::size_t at = 1; at < reply.items.size(); at += 2) out += reply.items[at].integer == 0 ? 1 : 0;
  return out;
}

}  // namespace

RedisWire::RedisWire(redis::Options redis, std::vector<std::string> channels, OnSettled on_settled)
    : redis_(std::move(redis)),
      channels_(std::move(channels)),
      on_settled_(std::move(on_settled)),
      commands_(redis_) {}

bool RedisWire::wait_until_ready(const std::atomic<bool>& stop, int progress_fd) {
  return wait_for_redis(commands_, redis_, kReadyTimeout, stop, progress_fd, "redis ");
}

// The server subscribes to a user's channel a moment after the user's connection stands.
std::uint64_t RedisWire::wait_until_heard(const std::atomic<bool>& stop) {
  std::uint64_t unheard = channels_.size();
  for (milliseconds waited{0}; waited < kHeardTimeout && !stop; waited += kLook) {
    unheard = 0;
    for (std::size_t from = 0; from < channels_.size(); from += kChannelsAtOnce) {
      std::vector<std::string_view> parts{"PUBSUB", "NUMSUB"};
      const std::size_t end = std::min(from + kChannelsAtOnce, channels_.size());
      parts.insert(parts.end(), channels_.begin() + static_cast<std::ptrdiff_t>(from),
                   channels_.begin() + static_cast<std::ptrdiff_t>(end));
      const auto answer = answer_to(commands_, parts, stop);
      if (!answer || !*answer) return 0;  // not for us to know
      unheard += without_subscriber(**answer);
    }
    if (unheard == 0) return 0;
    std::this_thread::sleep_for(kLook);
  }
  return unheard;
}

bool RedisWire::send(const Outgoing& event, std::uint64_t tag) {
  tell_settled();
  sent_++;  // before its answer
  const bool sent = commands_.send({"PUBLISH", channels_[event.topic], event.text},
                                   [this, tag](const Answer& answer) { answered(tag, answer); });
  if (!sent) sent_--;
  return sent;
}

bool RedisWire::flush(milliseconds timeout) {
  const bool all = commands_.drain(timeout);
  tell_settled();
  return all;
}

void RedisWire::answered(std::uint64_t tag, const Answer& answer) {
  const std::int64_t now_ns = base::epoch_ns();
  if (answer && answer->integer == 0) unheard_++;
  (answer ? confirmed_ : failed_)++;
  const std::lock_guard lock(mutex_);
  settled_.push_back({tag, now_ns, static_cast<bool>(answer)});
  if (!answer) last_error_ = answer.error().message;
}

void RedisWire::tell_settled() {
  std::vector<Settled> settled;
  {
    const std::lock_guard lock(mutex_);
    settled.swap(settled_);
  }
  for (const Settled& one : settled) on_settled_(one.tag, one.now_ns, one.confirmed);
}

std::uint64_t RedisWire::outstanding() const {
  return sent_ - confirmed_ - failed_;
}

std::string RedisWire::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_.empty() ? commands_.last_error() : last_error_;
}

}  // namespace wsf::load
