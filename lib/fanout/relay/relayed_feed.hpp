#pragma once
// The feed of a replica that has no Kafka: what relays of other replicas (relay.hpp) publish on a Redis channel
// becomes batches for the shards, each event at its place in the log, once. What was missed while Redis could not be
// heard is told as a hole before the newest event of each pair, which a hash of Redis holds.

#include "base/log_limiter.hpp"
#include "fanout/feeds/feed_state.hpp"
#include "fanout/feeds/poison_log.hpp"
#include "fanout/relay/relayed_chains.hpp"
#include "fanout/service.hpp"
#include "fanout/tracing/feed_traces.hpp"
#include "protocol/fx_rates_relay.hpp"
#include "redis/commands.hpp"
#include "redis/options.hpp"
#include "redis/subscriber.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace wsf::fanout {

struct RelayedFeedCounters {
  stats::Counter pulses, duplicates, holes;
};

class RelayedFeed final : private redis::SubscriberSink {
 public:
  // Without a pulse for so long the feed counts as lost.
  static constexpr std::chrono::milliseconds kPulsePatience{5'000};
  static constexpr std::size_t kMaxValuesBytes = std::size_t{64} << 20;  // of the hash; further ones are left out

  // Throws base::StartupError (usage) with what is wrong with the TLS files. Does not wait for the server.
  // `state.broker_reachable` says whether relay and broker are heard, `state.at_head` that they have been, once.
  RelayedFeed(const redis::Options& redis, std::string channel, std::size_t max_event_bytes, FeedState& state,
              Service::Post post, trace::Tracer* tracer = nullptr);
  ~RelayedFeed();  // posts no more
  RelayedFeed(const RelayedFeed&) = delete;
  RelayedFeed& operator=(const RelayedFeed&) = delete;

  // Any thread.
  bool redis_up() const { return subscribed_; }
  bool relay_heard() const { return is_recent(pulse_ms_); }
  std::string_view why_not_ready() const;
  const RelayedFeedCounters& counters() const { return counters_; }

 private:
  void on_messages(std::span<redis::Message> messages) override;
  void on_up() override {}
  void on_subscribed(const std::string& channel) override;
  void on_down(const std::string& why) override;

  void take(std::string_view text, bool from_hash);
  void take_event(protocol::RelayedEvent relayed, bool from_hash);
  void take_removal(const protocol::RelayedRemoval& removal);
  void take_loss(const protocol::RelayedLoss& loss);
  void take_pulse(std::string_view text);
  void skip(const base::Position& at, protocol::Poison cause);

  hub::UpdateBatch& batch();
  hub::Update& add(std::string pair, const base::Position& at);
  void post();

  static bool is_recent(std::int64_t pulse_ms);
  void read_values();
  void read_on(const std::string& cursor);
  void on_values(base::Result<redis::Reply> answer);
  void hold(std::string value);
  void warn(const std::string& why);
  void take_values();
  void watch();
  void look();

  const std::string channel_;
  const std::string pulse_channel_;
  const std::string values_key_;
  const std::string values_at_once_;
  const std::size_t max_event_bytes_;
  const std::int64_t started_ms_;
  FeedState& state_;
  const Service::Post post_;
  RelayedFeedCounters counters_;

  std::atomic<bool> subscribed_{false};
  std::atomic<bool> values_taken_{false};   // since the channel was joined
  std::atomic<std::int64_t> pulse_ms_{0};   // when a relay was heard last; 0: never
  std::atomic<std::int64_t> broker_ms_{0};  // when one was that has its broker

  std::mutex mutex_;  // of what follows: messages and the hash come on threads of their own
  std::condition_variable wake_;
  bool stopping_ = false;
  bool pulse_joined_ = false;
  bool asking_ = false;         // for the hash
  std::int64_t failed_ms_ = 0;  // when that failed last
  // What the hash holds waits until all that was published before it was read has come. Joining the pulse's channel
  // tells when: its confirmation comes after that.
  std::vector<std::string> values_;
  std::size_t values_bytes_ = 0;
  std::uint64_t reading_ = 0;  // of the hash: its number
  bool at_head_ = false;       // and told so
  base::LogLimiter values_log_;
  std::shared_ptr<hub::UpdateBatch> batch_;
  RelayedChains chains_;
  PoisonLog poison_;
  FeedTraces traces_;

  redis::Commands commands_;
  redis::Subscriber subscriber_;
  std::thread watch_;
};

}  // namespace wsf::fanout
