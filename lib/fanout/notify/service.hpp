#pragma once
// notify: the feed from the Redis channels of the users who are here, and what is seen of it.

#include "base/log_limiter.hpp"
#include "fanout/door/user_places.hpp"
#include "fanout/feeds/channel_feed_state.hpp"
#include "fanout/notify/counters.hpp"
#include "fanout/notify/user_channels.hpp"
#include "fanout/service.hpp"
#include "fanout/tracing/feed_traces.hpp"
#include "redis/leases.hpp"
#include "redis/subscriber.hpp"

#include <atomic>
#include <optional>
#include <vector>

namespace wsf::fanout {

class NotifyService final : public Service, private UserChannels, private UserPlaces, private redis::SubscriberSink {
 public:
  explicit NotifyService(NotifyOptions options);

  std::string_view name() const override { return "notify"; }
  std::unique_ptr<Protocol> make_protocol(Reception& reception) override;
  void start(Post post) override;
  void stop() override;
  std::string summary() const override;

  Readiness readiness() const override { return feed_.readiness(); }
  std::string_view why_not_ready() const override { return "Redis unreachable"; }
  std::vector<Component> components() const override { return {{"redis", feed_.up}}; }
  std::optional<ws::HttpReply> page(std::string_view path, Readiness now) const override;
  void append_metrics(stats::Exposition& out) const override;
  void add_to(SeedFamilies& families) const override;

 private:
  enum Skipped { too_large, invalid_utf8, kSkipped };

  void join(const std::string& user) override;
  void leave(const std::string& user) override;
  std::uint64_t take(const std::string& user, std::function<void(std::uint64_t)> on_refused) override;
  void release(const std::string& user, std::uint64_t place) override;

  void on_messages(std::span<redis::Message> messages) override;
  void on_up() override { feed_.rise(); }
  void on_down(const std::string& /*why*/) override { feed_.fall(); }
  bool passes(const redis::Message& message);
  void count_over_replicas();
  void say_counting(bool counting, const std::string& why);
  void append_places(stats::Exposition& out) const;

  NotifyOptions options_;
  ChannelFeedState feed_;
  Post post_;
  std::optional<FeedTraces> traces_;  // from start() on; of the subscriber's thread
  std::vector<const NotifyCounters*> shards_;
  std::array<std::atomic<std::uint64_t>, kSkipped> skipped_{};
  std::optional<redis::Subscriber> subscriber_;  // from start() on
  base::LogLimiter places_log_;
  std::optional<redis::Leases> places_;  // from start() on, with cluster_limits
};

}  // namespace wsf::fanout
