#pragma once
// Notifications of users in turn, at fixed times, and Redis as the place where they go.

#include "load/paced_loop.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::redis {
class Commands;
}

namespace wsf::load {

struct Notification {
  std::string_view user;
  std::uint64_t seq = 0;    // counts those of this user, from 1
  std::int64_t due_ns = 0;  // epoch: when it was meant to be published
};

// Appends what is published for it.
using NotifyPayload = std::function<void(std::string& out, const Notification&)>;

// One line of JSON with user, text, time and the mark that tells a measuring reader when it was due:
// {"type":"notification","userId":"ada","message":"Notification 1","timestamp":"2024-01-14T10:00:00.000Z",
//  "load":{"run":"...","seq":1,"due_ns":...}}. User and run need no escaping.
void append_notification(std::string& out, const Notification&, std::string_view run);

// Where notifications go: Redis, standard output, a test.
class NotifyOutput {
 public:
  virtual ~NotifyOutput() = default;
  // False: cannot take it now; the same one is offered again later.
  virtual bool put(std::string_view user, std::string_view payload) = 0;
};

class NotifyPublisher : public PacedLoop {
 public:
  // `users`: not empty, taken in turn. The output must outlive it.
  NotifyPublisher(std::vector<std::string> users, const Pace& pace, NotifyPayload payload, NotifyOutput& output,
                  std::int64_t start_epoch_ns);

 private:
  bool put(std::uint64_t number, std::int64_t due_ns) override;

  const std::vector<std::string> users_;
  const NotifyPayload payload_;
  NotifyOutput& output_;
  std::string text_;
};

// PUBLISH ws:{user}, pipelined. Redis keeps nothing for a channel: what it answers is how many listened just then.
class RedisChannels : public NotifyOutput {
 public:
  struct Counts {
    std::uint64_t answered = 0;   // published, whether somebody listened or not
    std::uint64_t receivers = 0;  // of all of them together: connections to Redis, not users
    std::uint64_t unheard = 0;    // those of the answered that nobody listened to
    std::uint64_t failed = 0;     // refused by Redis, or lost with its connection
  };

  explicit RedisChannels(redis::Commands& commands);

  bool put(std::string_view user, std::string_view payload) override;  // false: too many are unanswered

  // Any thread.
  Counts counts() const;
  std::string last_failure() const;  // why; empty: none so far

 private:
  struct Answers;  // they come on the commands' thread, and may outlive this object
  redis::Commands& commands_;
  std::string channel_;
  std::shared_ptr<Answers> answers_;
};

}  // namespace wsf::load
