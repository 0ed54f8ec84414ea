#pragma once
// Passes what a feed of fx-rates brings from Kafka on to Redis, for replicas that have no Kafka (relayed_feed.hpp):
// each event is published on a channel, the last one of each pair also stands in a hash, and a pulse says each second
// that all this still goes on. protocol/fx_rates_relay.hpp has the forms.
//
// Redis is never waited for. What cannot be sent waits, bounded; when that is too much, and after a lost connection,
// the newest event of each pair is sent alone. Its place in the log tells readers that others are missing.

#include "base/log_limiter.hpp"
#include "base/position.hpp"
#include "hub/update.hpp"
#include "redis/commands.hpp"
#include "redis/options.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace wsf::fanout {

struct RelayCounters {
  std::uint64_t published = 0;  // events that Redis took
  std::uint64_t restated = 0;   // newest events of a pair, sent again
  std::uint64_t left_out = 0;   // events superseded before they could be sent
  std::uint64_t failed = 0;     // commands that Redis refused, or did not answer
  std::uint64_t waiting = 0;    // to be sent now
};

class Relay {
 public:
  static constexpr std::size_t kMaxWaiting = 65'536;                      // events
  static constexpr std::size_t kMaxWaitingBytes = std::size_t{64} << 20;  // of them
  static constexpr std::size_t kMaxPairs = 65'536;     // whose newest event is kept, to be sent again
  static constexpr std::size_t kMaxInFlight = 16'384;  // commands
  static constexpr std::chrono::seconds kPulse{1};

  // Throws base::StartupError (usage) with what is wrong with the TLS files. Does not wait for the server.
  // `broker_reachable`: of the feed.
  Relay(const redis::Options& redis, std::string channel, const std::atomic<bool>& broker_reachable);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // On the feed's thread: each batch, in its order.
  void add(const hub::SharedBatch& batch);

  // Any thread.
  bool up() const { return commands_.up(); }
  RelayCounters counters() const;

 private:
  // An update, or a loss without one.
  struct Item {
    std::shared_ptr<const hub::Update> update{};  // holds its batch
    std::optional<base::Position> previous{};     // of the update's pair, as readers are told
    std::optional<hub::Loss> loss{};
  };

  void keep(const hub::SharedBatch& batch, const hub::Update& update);
  std::optional<base::Position> previous_of(const hub::Update& update) const;
  void conflate();
  void run();
  void look_at_connection();
  bool has_work() const;
  void beat();
  void warn(const std::string& why);
  void send_some(std::unique_lock<std::mutex>& lock);
  void send(const hub::Update& update, const std::optional<base::Position>& previous, bool restated);
  void send_loss(const hub::Loss& loss);
  void send(std::initializer_list<std::string_view> parts, const redis::Commands::OnAnswer& on_answer);
  void note(const std::string& pair, const base::Position& position, const base::Result<redis::Reply>& answer);

  const std::string channel_;
  const std::string values_key_;
  const std::atomic<bool>& broker_reachable_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool at_head_ = false;
  std::deque<Item> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::map<std::int32_t, base::Position> losses_;        // by partition: where the last one ended
  std::unordered_map<std::string, hub::Update> newest_;  // by pair; a tombstone as well
  std::set<std::string> unsaid_;  // pairs whose newest event is to be sent, whatever was sent of it before
  std::set<std::string> failed_;  // pairs that are to be in it from the next pulse on
  std::size_t in_flight_ = 0;
  std::uint64_t connects_ = 0;  // of Redis, whose hash was written since
  RelayCounters counters_;
  base::LogLimiter failure_log_;

  redis::Commands commands_;
  std::thread thread_;
};

}  // namespace wsf::fanout
