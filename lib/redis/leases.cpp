#include "redis/leases.hpp"

#include "redis/commands.hpp"
#include "redis/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace wsf::redis {
namespace {

constexpr std::size_t kKeysAtOnce = 64;         // renewed while everybody else waits
constexpr std::chrono::milliseconds kPause{1};  // for everybody else
constexpr std::size_t kMaxWhyBytes = 200;

// KEYS: the set. ARGV: the lease in ms, the most members (0: whatever there are), members. 0: there was no room.
// The key lives as long as its last lease, whoever wrote it.
constexpr std::string_view kHold = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease, most = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if most > 0 and redis.call('ZCARD', KEYS[1]) >= most then return 0 end
for i = 3, #ARGV do redis.call('ZADD', KEYS[1], now + lease, ARGV[i]) end
if redis.call('PTTL', KEYS[1]) < lease then redis.call('PEXPIRE', KEYS[1], lease) end
return 1
)lua";

// Who we are among the processes that share a key: other at each start, so that the places of the last one stay its.
std::string new_name() {
  std::random_device chance;
  return fmt::format("{:08x}{:08x}", chance(), chance());
}

}  // namespace

class Leases::Worker {
 public:
  Worker(const Options& options, const LeaseOptions& leases, OnChange on_change)
      : leases_(leases), on_change_(std::move(on_change)), commands_(std::make_unique<Commands>(options)) {
    turning_ = std::jthread([this](const std::stop_token& ending) { turn_until(ending); });
  }
  ~Worker() { stop(); }

  std::uint64_t take(const std::string& key, OnRefused on_refused);
  void release(const std::string& key, std::uint64_t place);
  void stop();
  LeaseCounters counters() const {
    const std::lock_guard lock(mutex_);
    return {held_places_, refused_, failures_, commands_ && commands_->up() && fault_.empty()};
  }

 private:
  enum class By { name, text };  // how Redis is told the script
  struct Place {
    std::uint64_t number = 0;
    OnRefused on_refused{};
    bool asked = true;  // its answer has not come: it may not be ours, and is not renewed
  };
  using Places = std::vector<Place>;
  using Held = std::map<std::string, Places>;

  // With the mutex held.
  void ask(const std::string& key, std::uint64_t place, By by);
  void renew(const std::string& key, By by);
  std::size_t begin_turn();
  void renew_next(std::size_t count);
  bool hold(const std::string& key, std::uint64_t most, const std::vector<std::string>& members, By by,
            Commands::OnAnswer on_answer);
  Place* find(const std::string& key, std::uint64_t place);
  std::optional<Place> remove(const std::string& key, std::uint64_t place);
  void note(const std::string& fault);
  void tell_change();

  void turn_until(const std::stop_token& ending);
  void on_asked(const std::string& key, std::uint64_t place, By by, const base::Result<Reply>& reply);
  void on_renewed(const std::string& key, By by, const base::Result<Reply>& reply);
  std::string member(std::uint64_t place) const { return fmt::format("{}:{}", name_, place); }

  const LeaseOptions leases_;
  const OnChange on_change_;
  const Script script_{kHold};
  const std::string name_ = new_name();

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  Held held_;
  std::uint64_t last_place_ = 0, held_places_ = 0, refused_ = 0, failures_ = 0;
  std::uint64_t connects_ = 0;          // of which what is held was written
  std::string renewed_last_;            // key
  By next_by_ = By::text;               // once by the text: what comes behind it finds the name known
  std::string fault_;                   // of the last command; empty: none
  bool down_ = false;                   // at the last turn
  bool counting_ = true;                // as it was last told
  std::unique_ptr<Commands> commands_;  // until stop()
  std::jthread turning_;
};

std::uint64_t Leases::Worker::take(const std::string& key, OnRefused on_refused) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t place = ++last_place_;
  held_[key].push_back({place, std::move(on_refused)});
  ++held_places_;
  ask(key, place, By::name);
  return place;
}

void Leases::Worker::ask(const std::string& key, std::uint64_t place, By by) {
  const bool sent = hold(key, leases_.most, {member(place)}, by,
                         [this, key, place, by](const auto& reply) { on_asked(key, place, by, reply); });
  if (sent) return;
  find(key, place)->asked = false;
  note("too many commands wait for their answers");
}

bool Leases::Worker::hold(const std::string& key, std::uint64_t most, const std::vector<std::string>& members, By by,
                          Commands::OnAnswer on_answer) {
  if (!commands_) return true;
  const std::string full_key = leases_.prefix + key, lease = std::to_string(leases_.lease.count());
  const std::string limit = std::to_string(most);
  std::vector<std::string_view> parts{by == By::name ? "EVALSHA" : "EVAL",
                                      by == By::name ? script_.name() : script_.text(),
                                      "1",
                                      full_key,
                                      lease,
                                      limit};
  parts.insert(parts.end(), members.begin(), members.end());
  return commands_->send(parts, std::move(on_answer));
}

void Leases::Worker::on_asked(const std::string& key, std::uint64_t place, By by, const base::Result<Reply>& reply) {
  std::optional<Place> refused;
  {
    const std::lock_guard lock(mutex_);
    Place* const held = find(key, place);
    if (!reply && by == By::name && asks_for_text(reply.error().message)) {
      if (held != nullptr) ask(key, place, By::text);
      return;
    }
    note(reply ? "" : reply.error().message);
    if (held == nullptr) return;
    held->asked = false;
    if (!reply || reply->kind != Reply::Kind::integer || reply->integer != 0) return;
    refused = remove(key, place);
    ++refused_;
  }
  if (refused->on_refused) refused->on_refused(place);
}

// What is released was asked for before on the same connection, so Redis hears of it in this order.
void Leases::Worker::release(const std::string& key, std::uint64_t place) {
  const std::lock_guard lock(mutex_);
  if (!remove(key, place) || !commands_) return;
  const std::string full_key = leases_.prefix + key, gone = member(place);
  commands_->send({"ZREM", full_key, gone}, [this](const base::Result<Reply>& reply) {
    const std::lock_guard answer_lock(mutex_);
    note(reply ? "" : reply.error().message);
  });
}

void Leases::Worker::turn_until(const std::stop_token& ending) {
  const auto turn = leases_.lease / (3 * kTurnsPerRenewal);
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, ending, turn, [&ending] { return ending.stop_requested(); })) {
    for (std::size_t due = begin_turn(); due > 0; due -= std::min(due, kKeysAtOnce)) {
      renew_next(std::min(due, kKeysAtOnce));
      changed_.wait_for(lock, ending, kPause, [&ending] { return ending.stop_requested(); });
    }
  }
}

// How many keys are to be renewed: on a new connection all, because its server may have been restarted empty.
std::size_t Leases::Worker::begin_turn() {
  down_ = !commands_->up();
  const std::uint64_t connects = commands_->counters().connects;
  const bool anew = !down_ && std::exchange(connects_, connects) != connects;
  if (anew) {
    fault_.clear();
    next_by_ = By::text;
  }
  tell_change();
  if (down_) return 0;
  return anew ? held_.size() : (held_.size() + kTurnsPerRenewal - 1) / kTurnsPerRenewal;
}

// In the order of the keys, from the last one on.
void Leases::Worker::renew_next(std::size_t count) {
  for (; count > 0 && !held_.empty(); --count) {
    auto next = held_.upper_bound(renewed_last_);
    if (next == held_.end()) next = held_.begin();
    renewed_last_ = next->first;
    renew(next->first, std::exchange(next_by_, By::name));
  }
}

void Leases::Worker::renew(const std::string& key, By by) {
  const auto found = held_.find(key);
  if (found == held_.end()) return;
  std::vector<std::string> members;
  for (const Place& place : found->second) {
    if (!place.asked) members.push_back(member(place.number));
  }
  if (members.empty()) return;
  const bool sent = hold(key, 0, members, by, [this, key, by](const auto& reply) { on_renewed(key, by, reply); });
  if (!sent) note("too many commands wait for their answers");
}

void Leases::Worker::on_renewed(const std::string& key, By by, const base::Result<Reply>& reply) {
  const std::lock_guard lock(mutex_);
  if (!reply && by == By::name && asks_for_text(reply.error().message)) return renew(key, By::text);
  note(reply ? "" : reply.error().message);
}

Leases::Worker::Place* Leases::Worker::find(const std::string& key, std::uint64_t place) {
  const auto found = held_.find(key);
  if (found == held_.end()) return nullptr;
  const auto at = std::ranges::find(found->second, place, &Place::number);
  return at == found->second.end() ? nullptr : &*at;
}

std::optional<Leases::Worker::Place> Leases::Worker::remove(const std::string& key, std::uint64_t place) {
  Place* const at = find(key, place);
  if (at == nullptr) return std::nullopt;
  Place taken = std::move(*at);
  const auto found = held_.find(key);
  found->second.erase(found->second.begin() + (at - found->second.data()));
  if (found->second.empty()) held_.erase(found);
  --held_places_;
  return taken;
}

void Leases::Worker::note(const std::string& fault) {
  if (!fault.empty()) ++failures_;
  fault_ = fault.substr(0, kMaxWhyBytes);
  tell_change();
}

void Leases::Worker::tell_change() {
  const bool counting = !down_ && fault_.empty();
  if (std::exchange(counting_, counting) == counting || !on_change_) return;
  const std::string lost = commands_ ? commands_->last_error() : "";
  on_change_(counting, counting ? "" : !fault_.empty() ? fault_ : lost.empty() ? "no answer yet" : lost);
}

void Leases::Worker::stop() {
  turning_.request_stop();
  if (turning_.joinable()) turning_.join();
  if (!commands_) return;
  if (commands_->up()) commands_->drain(kFarewell);
  std::unique_ptr<Commands> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::move(commands_);
  }
}

Leases::Leases(const Options& options, const LeaseOptions& leases, OnChange on_change)
    : worker_(std::make_unique<Worker>(options, leases, std::move(on_change))) {}
Leases::~Leases() = default;

std::uint64_t Leases::take(const std::string& key, OnRefused on_refused) {
  return worker_->take(key, std::move(on_refused));
}
void Leases::release(const std::string& key, std::uint64_t place) {
  worker_->release(key, place);
}
void Leases::stop() {
  worker_->stop();
}
LeaseCounters Leases::counters() const {
  return worker_->counters();
}

}  // namespace wsf::redis
