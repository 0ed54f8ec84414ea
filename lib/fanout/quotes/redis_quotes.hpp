#pragma once
// Quotes from Redis: what is published on the channels quote:SYMBOL.

#include "base/log_limiter.hpp"
#include "fanout/quotes/source.hpp"
#include "protocol/poison.hpp"
#include "redis/subscriber.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

namespace wsf::fanout {

class RedisQuotes final : public QuoteSource, private redis::SubscriberSink {
 public:
  RedisQuotes(redis::Options redis, std::uint64_t max_event_bytes);

  Loss loss() const override { return Loss::told; }
  void start(QuoteSink& sink) override;
  void stop() override;
  void subscribe(const std::string& symbol) override;
  void unsubscribe(const std::string& symbol) override;

  std::string summary() const override;
  std::string_view component() const override { return "redis"; }
  std::string_view why_not_ready() const override { return "Redis unreachable"; }
  std::uint64_t redis_subscriptions() const override { return counters().subscribed; }
  void append_metrics(stats::Exposition& out) const override;

 private:
  void on_messages(std::span<redis::Message> messages) override;
  void on_up() override { sink_->on_up(); }
  void on_down(const std::string& /*why*/) override { sink_->on_down(); }
  void skip(const redis::Message& message, protocol::Poison cause);
  redis::SubscriberCounters counters() const {
    return subscriber_ ? subscriber_->counters() : redis::SubscriberCounters{};
  }

  redis::Options redis_;
  std::uint64_t max_event_bytes_;
  QuoteSink* sink_ = nullptr;  // from start() on
  std::array<std::atomic<std::uint64_t>, protocol::kPoisonCount> skipped_{};
  base::LogLimiter skipped_log_;
  std::optional<redis::Subscriber> subscriber_;  // from start() on
};

}  // namespace wsf::fanout
