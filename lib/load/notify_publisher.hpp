#pragma once
// Notifications of users in turn, at fixed times.

#include "load/paced_loop.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

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

}  // namespace wsf::load
