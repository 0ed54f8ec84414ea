#include "fanout/relay.hpp"

#include "protocol/fx_rates_relay.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace wsf::fanout {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kTogether = 256;  // items that are sent before others may add some

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
    if (batch->loss) waiting_.push_back({nullptr, batch->loss});
    for (const hub::Update& update : batch->updates) keep(batch, update);
    if (waiting_.size() > kMaxWaiting) conflate();
    if (batch->head) at_head_ = true;
  }
  wake_.notify_all();
}

// What is read silently is no news, but its pair's last value.
void Relay::keep(const hub::SharedBatch& batch, const hub::Update& update) {
  const auto newest = newest_.find(update.key);
  if (newest != newest_.end()) {
    newest->second = update;
  } else if (newest_.size() < kMaxPairs) {
    newest_.emplace(update.key, update);
  }
  if (update.silent) {
    unsaid_.insert(update.key);
  } else {
    waiting_.push_back({std::shared_ptr<const hub::Update>(batch, &update), std::nullopt});
  }
}

void Relay::conflate() {
  std::deque<Item> losses;
  for (Item& item : waiting_) {
    if (item.loss) {
      losses.push_back(std::move(item));
    } else {
      unsaid_.insert(item.update->key);
      ++counters_.left_out;
    }
  }
  waiting_ = std::move(losses);
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
  commands_.send({"PUBLISH", protocol::relay_pulse_channel(channel_), protocol::relay_pulse(broker_reachable_)});
}

void Relay::send_some(std::unique_lock<std::mutex>& lock) {
  std::deque<Item> items;
  std::deque<hub::Update> again;
  while (items.size() < kTogether && !waiting_.empty()) {
    items.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  while (items.size() + again.size() < kTogether && !unsaid_.empty()) {
    const auto newest = newest_.find(*unsaid_.begin());
    if (newest != newest_.end()) again.push_back(newest->second);
    unsaid_.erase(unsaid_.begin());
  }
  counters_.restated += again.size();
  in_flight_ += 2 * (items.size() + again.size());
  lock.unlock();
  for (const Item& item : items) item.loss ? send_loss(*item.loss) : send(*item.update, false);
  for (const hub::Update& update : again) send(update, true);
  lock.lock();
}

// The hash first: who reads it after it hears the channel misses nothing.
void Relay::send(const hub::Update& update, bool restated) {
  const auto noted = [this, pair = update.key, at = update.position](const base::Result<redis::Reply>& answer) {
    note(pair, at, answer);
  };
  const std::string text =
      update.tombstone
          ? protocol::relayed_removal(update.key, update.position)
          : protocol::relayed_event(
                update.payload,
                {.at = update.position, .prev = update.previous, .kafka_ms = update.kafka_ms, .restated = restated});
  const bool kept = update.tombstone ? commands_.send({"HDEL", values_key_, update.key}, noted)
                                     : commands_.send({"HSET", values_key_, update.key, text}, noted);
  if (!kept) noted(base::Error{"too many commands wait for Redis"});
  const bool told =
      commands_.send({"PUBLISH", channel_, text}, [this, noted](const base::Result<redis::Reply>& answer) {
        if (answer) {
          const std::lock_guard lock(mutex_);
          ++counters_.published;
        }
        noted(answer);
      });
  if (!told) noted(base::Error{"too many commands wait for Redis"});
}

// Counted as two, as an update is.
void Relay::send_loss(const hub::Loss& loss) {
  const auto noted = [this](const base::Result<redis::Reply>& answer) { note({}, {}, answer); };
  const std::string text = protocol::relayed_loss(loss.first, loss.next);
  if (!commands_.send({"PUBLISH", channel_, text}, noted)) noted(base::Error{"too many commands wait for Redis"});
  noted(redis::Reply{});
}

// A pair whose newest event may not have arrived is sent again; an older one of it is superseded.
void Relay::note(const std::string& pair, const base::Position& position, const base::Result<redis::Reply>& answer) {
  {
    const std::lock_guard lock(mutex_);
    --in_flight_;
    if (!answer) {
      if (counters_.failed++ == 0)
        spdlog::warn("relay to Redis: {}; what is missing is sent again", answer.error().message);
      const auto newest = newest_.find(pair);
      if (newest != newest_.end() && newest->second.position == position) failed_.insert(pair);
    }
  }
  wake_.notify_all();
}

}  // namespace wsf::fanout
