#include "redis/commands.hpp"

#include "base/random_source.hpp"
#include "redis/command.hpp"
#include "redis/link.hpp"
#include "redis/loop.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <utility>

namespace wsf::redis {

class Commands::Worker final : private LinkEvents {
 public:
  Worker(const Options& options, const CommandLimits& limits)
      : limits_(limits),
        loop_([this] { send_waiting(); }),
        link_(loop_.io(), options, base::random_source(), *this),
        patience_(loop_.io()) {
    boost::asio::post(loop_.io(), [this] { link_.start(); });
    loop_.start();
  }
  ~Worker() {
    loop_.stop();
    link_.stop();
  }

  bool send(std::span<const std::string_view> parts, OnAnswer on_answer);
  bool drain(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return settled_.wait_for(lock, timeout, [this] { return counters_.outstanding == 0; });
  }

  bool up() const {
    const std::lock_guard lock(mutex_);
    return up_;
  }
  CommandCounters counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
  }
  std::string last_error() const {
    const std::lock_guard lock(mutex_);
    return last_error_;
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    std::string bytes;
    OnAnswer on_answer;
    Clock::time_point until;
  };
  struct Asked {
    OnAnswer on_answer;
    bool own = false;  // our own PING, which is not counted
  };

  void send_waiting();
  void await_connection();
  void give_up_late();
  void settle(const OnAnswer& on_answer, base::Result<Reply> answer, bool answered);

  void on_up() override;
  void on_reply(Reply reply) override;
  void on_written() override { send_waiting(); }
  void on_silence() override {
    asked_.push_back({{}, true});
    link_.write(command({"PING"}));
  }
  void on_down(const std::string& why) override;

  const CommandLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable settled_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  CommandCounters counters_;
  std::string last_error_;
  bool up_ = false;

  // The thread's own.
  std::deque<Asked> asked_;  // written, in the order of their answers
  Loop loop_;
  Link link_;
  boost::asio::steady_timer patience_;
};

bool Commands::Worker::send(std::span<const std::string_view> parts, OnAnswer on_answer) {
  std::string bytes;
  append_command(bytes, parts);
  {
    const std::lock_guard lock(mutex_);
    if (counters_.outstanding >= limits_.max_commands || waiting_bytes_ + bytes.size() > limits_.max_bytes) {
      ++counters_.refused;
      return false;
    }
    ++counters_.outstanding;
    waiting_bytes_ += bytes.size();
    waiting_.push_back({std::move(bytes), std::move(on_answer), Clock::now() + limits_.send_timeout});
  }
  loop_.wake();
  return true;
}

// One write at a time: what comes while it goes out is gathered for the next.
void Commands::Worker::send_waiting() {
  if (!link_.up()) return await_connection();
  if (link_.writing()) return;
  std::string bytes;
  {
    const std::lock_guard lock(mutex_);
    bytes.reserve(waiting_bytes_);
    for (auto& command : waiting_) {
      bytes += command.bytes;
      asked_.push_back({std::move(command.on_answer)});
    }
    waiting_.clear();
    waiting_bytes_ = 0;
  }
  if (!bytes.empty()) link_.write(bytes);
}

void Commands::Worker::await_connection() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return;
  patience_.expires_at(waiting_.front().until);
  patience_.async_wait([this](boost::system::error_code ec) {
    if (!ec) give_up_late();
  });
}

void Commands::Worker::give_up_late() {
  std::deque<OnAnswer> late;
  std::string why;
  {
    const std::lock_guard lock(mutex_);
    for (; !waiting_.empty() && waiting_.front().until <= Clock::now(); waiting_.pop_front()) {
      waiting_bytes_ -= waiting_.front().bytes.size();
      late.push_back(std::move(waiting_.front().on_answer));
    }
    why = fmt::format("not sent within {} ms: {}", limits_.send_timeout.count(),
                      last_error_.empty() ? "no connection" : last_error_);
  }
  for (const auto& on_answer : late) settle(on_answer, base::Error{why}, false);
  if (!link_.up()) await_connection();
}

void Commands::Worker::settle(const OnAnswer& on_answer, base::Result<Reply> answer, bool answered) {
  if (on_answer) on_answer(std::move(answer));
  const std::lock_guard lock(mutex_);
  ++(answered ? counters_.answered : counters_.failed);
  if (--counters_.outstanding == 0) settled_.notify_all();
}

void Commands::Worker::on_up() {
  patience_.cancel();
  {
    const std::lock_guard lock(mutex_);
    up_ = true;
    ++counters_.connects;
  }
  send_waiting();
}

void Commands::Worker::on_reply(Reply reply) {
  if (asked_.empty()) return link_.lose("protocol error: an answer that nobody asked for");
  const Asked asked = std::move(asked_.front());
  asked_.pop_front();
  if (asked.own) return;
  if (reply.kind == Reply::Kind::error) return settle(asked.on_answer, base::Error{std::move(reply.text)}, true);
  settle(asked.on_answer, std::move(reply), true);
}

void Commands::Worker::on_down(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    up_ = false;
    last_error_ = why;
  }
  for (const auto& asked : std::exchange(asked_, {})) {
    if (!asked.own) settle(asked.on_answer, base::Error{"no answer: " + why}, false);
  }
  await_connection();
}

Commands::Commands(const Options& options, const CommandLimits& limits)
    : worker_(std::make_unique<Worker>(options, limits)) {}
Commands::~Commands() = default;

bool Commands::send(std::span<const std::string_view> parts, OnAnswer on_answer) {
  return worker_->send(parts, std::move(on_answer));
}
bool Commands::send(std::initializer_list<std::string_view> parts, OnAnswer on_answer) {
  return worker_->send({parts.begin(), parts.size()}, std::move(on_answer));
}
bool Commands::drain(std::chrono::milliseconds timeout) {
  return worker_->drain(timeout);
}
bool Commands::up() const {
  return worker_->up();
}
CommandCounters Commands::counters() const {
  return worker_->counters();
}
std::string Commands::last_error() const {
  return worker_->last_error();
}

}  // namespace wsf::redis
