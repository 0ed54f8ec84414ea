#include "fanout/quotes_patch/service.hpp"

#include "base/clock.hpp"
#include "base/units.hpp"
#include "fanout/quotes_patch/patches.hpp"
#include "fanout/server_view.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace wsf::fanout {

PatchService::PatchService(QuotesPatchOptions options)
    : Service(options.route),
      options_(std::move(options)),
      book_(options_.securities, options_.seed, base::epoch_ms()) {}

PatchService::~PatchService() {
  stop();
}

std::unique_ptr<Protocol> PatchService::make_protocol(Reception& reception) {
  auto protocol = std::make_unique<Patches>(options_, book_.quotes(), watch_, reception, route());
  shards_.push_back(&protocol->counters());
  return protocol;
}

void PatchService::start(Post post) {
  book_.post_to(std::move(post), tracer(), options_.redis ? "redis" : "simulator");
  if (options_.redis) {
    subscriber_.emplace(*options_.redis, static_cast<redis::SubscriberSink&>(*this));
    subscriber_->subscribe(options_.channel);
  }
  simulator_ = std::thread([this] { simulate(); });
}

void PatchService::stop() {
  if (subscriber_) subscriber_->stop();
  {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
  }
  stop_told_.notify_all();
  if (simulator_.joinable()) simulator_.join();
}

void PatchService::simulate() {
  std::unique_lock lock(stop_mutex_);
  auto next = std::chrono::steady_clock::now();
  while (true) {
    next += options_.price_interval;
    if (stop_told_.wait_until(lock, next, [this] { return stopping_; })) return;
    if (!feed_.up) book_.oscillate(watch_, base::epoch_ms());
  }
}

std::string PatchService::summary() const {
  const std::string interval = base::format_duration(options_.price_interval);
  if (!options_.redis) return fmt::format("{} securities, simulated every {}", options_.securities.size(), interval);
  return fmt::format("from the channel {} of {}, simulated every {} while that is away", options_.channel,
                     options_.redis->text(), interval);
}

void PatchService::on_messages(std::span<redis::Message> messages) {
  for (const redis::Message& message : messages) {
    auto updates = protocol::parse_price_updates(message.payload, options_.max_event_bytes);
    if (const auto* const fault = std::get_if<protocol::Poison>(&updates)) {
      skip(*fault);
      continue;
    }
    auto& [quotes, faults] = std::get<protocol::PriceUpdates>(updates);
    for (const protocol::Poison fault : faults) skip(fault);
    book_.tell(std::move(quotes), base::epoch_ms());
  }
}

void PatchService::skip(protocol::Poison cause) {
  if (skipped_[static_cast<std::size_t>(cause)].fetch_add(1, std::memory_order_relaxed) > 0) return;
  spdlog::warn("a quote on {} was skipped: {} (further ones are counted only)", options_.channel,
               protocol::describe(cause));
}

void PatchService::on_up() {
  feed_.rise();
  spdlog::info("prices come from the channel {}", options_.channel);
}

// Also called for each attempt that fails.
void PatchService::on_down(const std::string& /*why*/) {
  if (!feed_.up) return;
  feed_.fall();
  spdlog::warn("Redis is away: prices are simulated every {} until it is back",
               base::format_duration(options_.price_interval));
}

Readiness PatchService::readiness() const {
  return !options_.redis || feed_.up ? Readiness::ready : Readiness::degraded;
}

std::vector<Component> PatchService::components() const {
  if (!options_.redis) return {};
  return {{"redis", feed_.up}};
}

void PatchService::append_metrics(stats::Exposition& out) const {
  append_pool(out);
  append_feed(out);
}

// Named after what the service that this replaces counts of its connection pool.
void PatchService::append_pool(stats::Exposition& out) const {
  using P = PatchCounters;
  const auto traffic = [this](stats::Counter ws::Traffic::*which) {
    std::uint64_t total = 0;
    for (const P* shard : shards_) total += (shard->traffic.*which).value();
    return total;
  };
  using T = ws::Traffic;
  out.counter("websocket_pool_connections_total", "Connections that were let in", sum(shards_, &P::accepted));
  out.gauge("websocket_pool_active_connections", "Open connections",
            static_cast<double>(sum(shards_, &P::connections)));
  out.gauge("websocket_pool_idle_connections", "Of them, without a message either way for a health interval",
            static_cast<double>(sum(shards_, &P::idle)));
  out.counter("websocket_pool_failed_connections_total", "Requests refused, and connections ended by a fault",
              sum(shards_, &P::refused) + route().failed.load());
  out.counter("websocket_pool_messages_sent_total", "Frames that sockets took", traffic(&T::frames_sent));
  out.counter("websocket_pool_messages_received_total", "Messages from clients", traffic(&T::messages_received));
  out.counter("websocket_pool_bytes_sent_total", "Bytes that sockets took", traffic(&T::bytes_sent));
  out.counter("websocket_pool_bytes_received_total", "Bytes from clients", traffic(&T::bytes_received));
  const auto batches = sum(shards_, &P::batches);
  const double latency_ms =
      batches == 0 ? 0 : static_cast<double>(sum(shards_, &P::latency_us)) / 1e3 / static_cast<double>(batches);
  out.gauge("websocket_pool_average_latency_ms", "From the arrival of prices until they are queued for all",
            latency_ms);
}

void PatchService::append_feed(stats::Exposition& out) const {
  using P = PatchCounters;
  out.counter("wsfanout_patches_made_total", "Messages made of events; each once, however many clients share it",
              sum(shards_, &P::patches_made));
  out.counter("wsfanout_patches_remade_total", "Messages made anew for clients that had fallen behind",
              sum(shards_, &P::patches_remade));
  out.gauge("wsfanout_patch_groups", "Sets of clients that share their messages, added up over shards",
            static_cast<double>(sum(shards_, &P::groups)));
  out.gauge("wsfanout_patch_symbols_watched", "Symbols that a client asked for", static_cast<double>(watch_.count()));
  out.counter("wsfanout_patch_unknown_symbols_total", "Symbols that were asked for and are not known",
              sum(shards_, &P::unknown_symbols));
  out.counter("wsfanout_patch_idle_timeouts_total", "Connections closed because no message went either way",
              sum(shards_, &P::idle_timeouts));
  out.counter("wsfanout_price_events_total", "Events that moved prices, simulated ones included", book_.events());
  out.gauge("wsfanout_prices_simulated", "1 while prices are made up", feed_.up ? 0 : 1);
  out.family("wsfanout_prices_skipped_total", "counter", "Quotes from Redis that were not taken");
  for (std::size_t i = 0; i < skipped_.size(); ++i) {
    const auto cause = static_cast<protocol::Poison>(i);
    if (protocol::is_quote_poison(cause)) out.sample({{"cause", protocol::name(cause)}}, skipped_[i].load());
  }
}

}  // namespace wsf::fanout
