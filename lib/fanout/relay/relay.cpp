#include "fanout/relay/relay.hpp"

#include "fanout/relay/relayed_chains.hpp"
#include "protocol/fx_rates_relay.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace wsf::fanout {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kTogether = 256;  // items that are sent before others may add some

// KEYS: the hash. ARGV: the channel, the pair, its message, and where that stands: the log and the offset. Another
// relay may be further on: what it has written stays. The hash first: who reads it after it hears the channel misses
// nothing.
constexpr std::string_view kTell = R"lua(
local old = redis.call('HGET', KEYS[1], ARGV[2])
local log, offset
if old then
  log, offset = string.match(old, '.*"wsfanout":{"at":"([%d.]+)%-(%d+)"')
  if log and not string.find(log, '.', 1, true) then log = '0.' .. log end
end
if log ~= ARGV[4] or tonumber(offset) <= tonumber(ARGV[5]) then
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
end
return redis.call('PUBLISH', ARGV[1], ARGV[3])
)lua";

redis::CommandLimits limits() {
  redis::CommandLimits limits;
  limits.max_commands = 2 * Relay::kMaxInFlight;
  return limits;
}

}  // namespace

Relay::Relay(const redis::Options& redis, std::string channel, const std::atomic<bool>& broker_reachable)
    : channel_(std::move(channel)),
      values_key_(protocol::relay_values_key(channel_)),
      broker_reachable_(broker_reachable),
      commands_(redis, limits()),
      thread_([this] { run(); }) {}

Relay::~Relay() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Relay::add(const hub::SharedBatch& batch) {
  {
    const std::lock_guard lock(mutex_);
    if (batch->loss) {
      losses_[batch->loss->next.partition] = batch->loss->next;
      waiting_.push_back({.loss = batch->loss});
    }
    for (const hub::Update& update : batch->updates) keep(batch, update);
    if (waiting_.size() > kMaxWaiting || waiting_bytes_ > kMaxWaitingBytes) conflate();
    if (batch->head) at_head_ = true;
  }
  wake_.notify_all();
}

// What is read silently is no news, but its pair's last value.
void Relay::keep(const hub::SharedBatch& batch, const hub::Update& update) {
  const auto previous = previous_of(update);
  const bool kept = newest_.contains(update.key) || newest_.size() < kMaxPairs;
  if (kept) {
    hub::Update& newest = newest_[update.key];
    newest = update;
    newest.previous = previous;
  }
  if (!update.silent) {
    waiting_.push_back({std::shared_ptr<const hub::Update>(batch, &update), previous, std::nullopt});
    waiting_bytes_ += update.payload.size();
  } else if (kept) {
    unsaid_.insert(update.key);
  }
}

// After a loss, the last of the records that were lost: who has not heard of the loss sees that something is missing.
std::optional<base::Position> Relay::previous_of(const hub::Update& update) const {
  if (!update.previous) return std::nullopt;
  const auto loss = losses_.find(update.previous->partition);
  if (loss == losses_.end() || !same_log(loss->second, *update.previous)) return update.previous;
  if (update.previous->offset >= loss->second.offset) return update.previous;
  return RelayedChains::before(loss->second);
}

// The newest of each pair is kept elsewhere; of losses there are few.
void Relay::conflate() {
  std::deque<Item> losses;
  for (Item& item : waiting_) {
    if (item.loss) {
      losses.push_back(std::move(item));
      continue;
    }
    if (newest_.contains(item.update->key)) unsaid_.insert(item.update->key);
    ++counters_.left_out;
  }
  waiting_ = std::move(losses);
  waiting_bytes_ = 0;
}

RelayCounters Relay::counters() const {
  const std::lock_guard lock(mutex_);
  RelayCounters counters = counters_;
  counters.waiting = waiting_.size() + unsaid_.size();
  return counters;
}

bool Relay::has_work() const {
  return at_head_ && in_flight_ < kMaxInFlight && !(waiting_.empty() && unsaid_.empty());
}

void Relay::run() {
  Clock::time_point pulse = Clock::now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool up = commands_.up();
    if (up) look_at_connection();
    wake_.wait_until(lock, pulse, [&] { return stopping_ || (up && has_work()); });
    if (stopping_) return;
    if (Clock::now() >= pulse) {
      pulse = Clock::now() + kPulse;
      beat();
    } else {
      send_some(lock);
    }
  }
}

// A server that was restarted may hold nothing any more.
void Relay::look_at_connection() {
  const std::uint64_t connects = commands_.counters().connects;
  if (std::exchange(connects_, connects) == connects) return;
  for (const auto& [pair, update] : newest_) unsaid_.insert(pair);
}

// A pulse is of the moment: it is not kept for a server that is not there.
void Relay::beat() {
  unsaid_.merge(failed_);
  failed_.clear();
  if (!at_head_ || !commands_.up()) return;
  commands_.send({"PUBLISH", protocol::relay_pulse_channel(channel_), protocol::relay_pulse(broker_reachable_)},
                 [this](const base::Result<redis::Reply>& answer) {
                   if (!answer) warn(answer.error().message);
                 });
}

void Relay::warn(const std::string& why) {
  if (const auto kept_back = failure_log_.allow(why, Clock::now())) {
    spdlog::warn("relay to Redis: {}; what is missing is sent again ({} such lines kept back)", why, *kept_back);
  }
}

void Relay::send_some(std::unique_lock<std::mutex>& lock) {
  std::deque<Item> items;
  std::deque<hub::Update> again;
  while (items.size() < kTogether && !waiting_.empty()) {
    items.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    if (items.back().update) waiting_bytes_ -= items.back().update->payload.size();
  }
  while (items.size() + again.size() < kTogether && !unsaid_.empty()) {
    const auto newest = newest_.find(*unsaid_.begin());
    if (newest != newest_.end()) again.push_back(newest->second);
    unsaid_.erase(unsaid_.begin());
  }
  counters_.restated += again.size();
  in_flight_ += items.size() + again.size();
  lock.unlock();
  for (const Item& item : items) item.loss ? send_loss(*item.loss) : send(*item.update, item.previous, false);
  for (const hub::Update& update : again) send(update, update.previous, true);
  lock.lock();
}

void Relay::send(const hub::Update& update, const std::optional<base::Position>& previous, bool restated) {
  const protocol::RelayPlace place{
      .at = update.position, .prev = previous, .kafka_ms = update.kafka_ms, .restated = restated};
  const std::string text = update.tombstone ? protocol::relayed_removal(update.key, update.position)
                                            : protocol::relayed_event(update.payload, place);
  const std::string log = fmt::format("{}.{}", update.position.epoch, update.position.partition);
  const std::string offset = std::to_string(update.position.offset);
  send({"EVAL", kTell, "1", values_key_, channel_, update.key, text, log, offset},
       [this, pair = update.key, at = update.position](const base::Result<redis::Reply>& answer) {
         note(pair, at, answer);
       });
}

void Relay::send_loss(const hub::Loss& loss) {
  send({"PUBLISH", channel_, protocol::relayed_loss(loss.first, loss.next)},
       [this](const base::Result<redis::Reply>& answer) { note({}, {}, answer); });
}

void Relay::send(std::initializer_list<std::string_view> parts, const redis::Commands::OnAnswer& on_answer) {
  if (!commands_.send(parts, on_answer)) on_answer(base::Error{"too many commands wait for Redis"});
}

// A pair whose newest event may not have arrived is sent again; an older one of it is superseded.
void Relay::note(const std::string& pair, const base::Position& position, const base::Result<redis::Reply>& answer) {
  {
    const std::lock_guard lock(mutex_);
    --in_flight_;
    if (answer && !pair.empty()) ++counters_.published;
    if (!answer) {
      ++counters_.failed;
      warn(answer.error().message);
      const auto newest = newest_.find(pair);
      if (newest != newest_.end() && newest->second.position == position) failed_.insert(pair);
    }
  }
  wake_.notify_all();
}

}  // namespace wsf::fanout
