#include "fanout/notify/service.hpp"

#include "base/utf8.hpp"
#include "fanout/admin/seed_families.hpp"
#include "fanout/feeds/new_batch.hpp"
#include "fanout/notify/notify.hpp"
#include "fanout/server_view.hpp"
#include "protocol/notify.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace wsf::fanout {
namespace {

constexpr std::string_view kName = "notify";
constexpr const char* kPlacesPrefix = "wsfanout:places:notify:";

ws::HttpReply json(int code, std::string body) {
  return {code, "application/json", std::move(body) + "\n", {}};
}

}  // namespace

NotifyService::NotifyService(NotifyOptions options) : Service(options.route), options_(std::move(options)) {}

std::unique_ptr<Protocol> NotifyService::make_protocol(Reception& reception) {
  UserChannels& channels = *this;
  UserPlaces* const places = options_.cluster_limits ? this : nullptr;
  auto protocol = std::make_unique<Notify>(options_, feed_, channels, places, reception, route());
  shards_.push_back(&protocol->counters());
  return protocol;
}

void NotifyService::start(Post post) {
  post_ = std::move(post);
  traces_.emplace(tracer(), "redis");
  subscriber_.emplace(options_.redis, static_cast<redis::SubscriberSink&>(*this));
  if (options_.cluster_limits) count_over_replicas();
}

void NotifyService::count_over_replicas() {
  redis::Options redis = options_.redis;
  redis.client_name += "-limits";
  places_.emplace(
      redis,
      redis::LeaseOptions{
          .prefix = kPlacesPrefix, .most = options_.route.max_connections_per_user, .lease = options_.cluster_lease},
      [this](bool counting, const std::string& why) { say_counting(counting, why); });
}

void NotifyService::say_counting(bool counting, const std::string& why) {
  const auto kept_back = places_log_.allow(why, base::LogLimiter::Clock::now());
  if (!kept_back) return;
  if (counting) return spdlog::info("connections of a user are counted over all replicas again");
  spdlog::warn("connections of a user are counted on this replica alone, because Redis does not count them: {}", why);
}

void NotifyService::stop() {
  if (places_) places_->stop();
  if (subscriber_) subscriber_->stop();
}

std::string NotifyService::summary() const {
  return fmt::format("from the channels ws:USER of {}", options_.redis.text());
}

void NotifyService::join(const std::string& user) {
  subscriber_->subscribe(protocol::notify_channel(user));
}

void NotifyService::leave(const std::string& user) {
  subscriber_->unsubscribe(protocol::notify_channel(user));
}

std::uint64_t NotifyService::take(const std::string& user, std::function<void(std::uint64_t)> on_refused) {
  return places_->take(user, std::move(on_refused));
}

void NotifyService::release(const std::string& user, std::uint64_t place) {
  places_->release(user, place);
}

void NotifyService::on_messages(std::span<redis::Message> messages) {
  auto batch = new_batch();
  for (redis::Message& message : messages) {
    const auto user = protocol::user_of_channel(message.channel);
    if (!user || !passes(message)) continue;
    hub::Update& update = batch->updates.emplace_back();
    update.key = *user;
    update.payload = std::move(message.payload);
    traces_->receive(*batch, update, message.channel);
  }
  if (batch->updates.empty()) return;
  post_(std::move(batch));
  traces_->posted();
}

bool NotifyService::passes(const redis::Message& message) {
  const bool large = message.payload.size() > options_.max_event_bytes;
  if (!large && base::is_valid_utf8(message.payload)) return true;
  const Skipped cause = large ? too_large : invalid_utf8;
  if (skipped_[cause].fetch_add(1, std::memory_order_relaxed) == 0) {
    spdlog::warn("a message on {} was skipped: {} (further ones are counted only)", message.channel,
                 large ? "larger than --max-event" : "not valid UTF-8");
  }
  return false;
}

std::optional<ws::HttpReply> NotifyService::page(std::string_view path, Readiness) const {
  if (path == "/healthz/redis") {
    return feed_.up ? json(200, R"({"status":"healthy","redis":"connected"})")
                    : json(503, R"({"status":"unhealthy","redis":"disconnected"})");
  }
  if (path != "/healthz/websocket") return std::nullopt;
  return json(200, fmt::format(R"({{"status":"healthy","active_connections":{},"active_users":{}}})",
                               sum(shards_, &NotifyCounters::connections), route().users.users()));
}

void NotifyService::append_metrics(stats::Exposition& out) const {
  using N = NotifyCounters;
  const redis::SubscriberCounters redis = subscriber_ ? subscriber_->counters() : redis::SubscriberCounters{};
  const auto gauge = [&](auto name, auto help, auto value) { out.gauge(name, help, static_cast<double>(value)); };
  gauge("wsfanout_redis_connected", "1 when the Redis of the notify protocol answers", feed_.up ? 1 : 0);
  gauge("wsfanout_redis_channels", "Channels of users who are here", redis.channels);
  gauge("wsfanout_redis_subscribed", "Channels that Redis has confirmed", redis.subscribed);
  out.counter("wsfanout_redis_connects_total", "Connections to Redis that were let in", redis.connects);
  out.counter("wsfanout_redis_failures_total", "Connections to Redis lost, and attempts that failed", redis.failures);
  out.counter("wsfanout_redis_messages_total", "Messages from Redis channels", redis.messages);
  out.family("wsfanout_notify_skipped_total", "counter", "Messages from Redis that were not passed on");
  out.sample({{"cause", "too_large"}}, skipped_[too_large].load());
  out.sample({{"cause", "invalid_utf8"}}, skipped_[invalid_utf8].load());
  out.counter("wsfanout_notify_idle_timeouts_total", "Connections closed because no message went either way",
              sum(shards_, &N::idle_timeouts));
  out.counter("wsfanout_notify_gaps_total", "Connections closed with 4002 because they did not take their messages",
              sum(shards_, &N::gaps));
  append_places(out);
}

void NotifyService::append_places(stats::Exposition& out) const {
  const redis::LeaseCounters places = places_ ? places_->counters() : redis::LeaseCounters{};
  out.gauge("wsfanout_cluster_limits", "1 while the connections of a user are counted over all replicas",
            places.counting ? 1 : 0);
  out.gauge("wsfanout_cluster_places", "Connections of this replica that are counted over all",
            static_cast<double>(places.held));
  out.counter("wsfanout_cluster_limit_refusals_total", "Connections closed because of those on other replicas",
              sum(shards_, &NotifyCounters::over_cluster_limit));
  out.counter("wsfanout_cluster_limit_failures_total", "Commands for this that Redis refused or did not answer",
              places.failures);
}

void NotifyService::add_to(SeedFamilies& families) const {
  using N = NotifyCounters;
  const auto add = [&](auto name, auto type, auto help, auto write) { families.add(name, type, help, write); };
  const auto accepted = sum(shards_, &N::accepted), closed = sum(shards_, &N::closed);
  const auto refused = route().users.refused() + sum(shards_, &N::over_cluster_limit);
  add("websocket_connections_total", "counter", "Total connections by status", [=](stats::Exposition& out) {
    out.sample({{"protocol", kName}, {"status", "accepted"}}, accepted);
    out.sample({{"protocol", kName}, {"status", "closed"}}, closed);
    out.sample({{"protocol", kName}, {"status", "limit_exceeded"}}, refused);
  });
  const auto active = sum(shards_, &N::connections);
  add("websocket_active_connections", "gauge", "Currently active connections", [=](stats::Exposition& out) {
    out.sample({{"protocol", kName}}, active);
  });
  const auto sent = sum(shards_, &N::messages_sent);
  add("websocket_messages_sent_total", "counter", "Messages sent to clients", [=](stats::Exposition& out) {
    out.sample({{"protocol", kName}}, sent);
  });
  std::vector<const stats::BucketHistogram*> durations;
  for (const N* shard : shards_) durations.push_back(&shard->connection_duration);
  add("websocket_connection_duration_seconds", "histogram", "Connection duration",
      [durations](stats::Exposition& out) {
        out.histogram({{"protocol", kName}}, durations);
      });
}

}  // namespace wsf::fanout
