#include "load/notify_publisher.hpp"

#include "base/check.hpp"
#include "base/timestamp.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>
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

}  // namespace wsf::load
