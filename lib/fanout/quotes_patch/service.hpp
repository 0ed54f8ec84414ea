#pragma once
// quotes-patch: where its prices come from, and what is seen of it.

#include "fanout/feeds/channel_feed_state.hpp"
#include "fanout/quotes_patch/counters.hpp"
#include "fanout/quotes_patch/price_book.hpp"
#include "fanout/quotes_patch/symbol_watch.hpp"
#include "fanout/service.hpp"
#include "protocol/poison.hpp"
#include "redis/subscriber.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

namespace wsf::fanout {

class PatchService final : public Service, private redis::SubscriberSink {
 public:
  explicit PatchService(QuotesPatchOptions options);
  ~PatchService() override;

  std::string_view name() const override { return "quotes-patch"; }
  std::unique_ptr<Protocol> make_protocol(Reception& reception) override;
  void start(Post post) override;
  void stop() override;
  std::string summary() const override;

  Readiness readiness() const override;
  std::string_view why_not_ready() const override { return "Redis unreachable: prices are made up"; }
  std::vector<Component> components() const override;
  std::optional<ws::HttpReply> page(std::string_view, Readiness) const override { return std::nullopt; }
  void append_metrics(stats::Exposition& out) const override;

 private:
  void on_messages(std::span<redis::Message> messages) override;
  void on_up() override;
  void on_down(const std::string& why) override;
  void skip(protocol::Poison cause);
  void simulate();
  void append_pool(stats::Exposition& out) const;
  void append_feed(stats::Exposition& out) const;

  QuotesPatchOptions options_;
  SymbolWatch watch_;
  PriceBook book_;
  ChannelFeedState feed_;
  std::vector<const PatchCounters*> shards_;
  std::array<std::atomic<std::uint64_t>, protocol::kPoisonCount> skipped_{};
  std::optional<redis::Subscriber> subscriber_;  // from start() on, where prices come from Redis

  std::mutex stop_mutex_;
  std::condition_variable stop_told_;
  bool stopping_ = false;
  std::thread simulator_;  // makes prices up while no feed tells any
};

}  // namespace wsf::fanout
