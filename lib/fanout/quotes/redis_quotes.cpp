#include "fanout/quotes/redis_quotes.hpp"

#include "protocol/quotes.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>
#include <variant>

namespace wsf::fanout {
namespace {

using protocol::Poison;

constexpr std::array kCauses{Poison::too_large,  Poison::invalid_utf8, Poison::not_json,   Poison::too_deep,
                             Poison::not_object, Poison::bad_number,   Poison::bad_symbol, Poison::bad_quote};

}  // namespace

RedisQuotes::RedisQuotes(redis::Options redis, std::uint64_t max_event_bytes)
    : redis_(std::move(redis)), max_event_bytes_(max_event_bytes) {}

void RedisQuotes::start(QuoteSink& sink) {
  sink_ = &sink;
  subscriber_.emplace(redis_, static_cast<redis::SubscriberSink&>(*this));
}

void RedisQuotes::stop() {
  if (subscriber_) subscriber_->stop();
}

void RedisQuotes::subscribe(const std::string& symbol) {
  subscriber_->subscribe(protocol::quote_channel(symbol));
}

void RedisQuotes::unsubscribe(const std::string& symbol) {
  subscriber_->unsubscribe(protocol::quote_channel(symbol));
}

std::string RedisQuotes::summary() const {
  return fmt::format("from the channels {} of {}", protocol::quote_channel("SYMBOL"), redis_.text());
}

void RedisQuotes::on_messages(std::span<redis::Message> messages) {
  std::vector<protocol::QuoteEvent> quotes;
  quotes.reserve(messages.size());
  for (const redis::Message& message : messages) {
    const auto symbol = protocol::symbol_of_channel(message.channel);
    if (!symbol) continue;
    auto parsed = protocol::parse_quote(message.payload, *symbol, max_event_bytes_);
    if (const auto* cause = std::get_if<Poison>(&parsed)) {
      skip(message, *cause);
    } else {
      quotes.push_back(std::get<protocol::QuoteEvent>(std::move(parsed)));
    }
  }
  if (!quotes.empty()) sink_->on_quotes(quotes);
}

void RedisQuotes::skip(const redis::Message& message, Poison cause) {
  skipped_[static_cast<std::size_t>(cause)].fetch_add(1, std::memory_order_relaxed);
  const auto kept_back = skipped_log_.allow(name(cause), base::LogLimiter::Clock::now());
  if (!kept_back) return;
  spdlog::warn("skipped a quote: {} cause={} channel={} unlogged={}", describe(cause), name(cause), message.channel,
               *kept_back);
}

void RedisQuotes::append_metrics(stats::Exposition& out) const {
  const redis::SubscriberCounters redis = counters();
  out.gauge("wsfanout_quotes_redis_channels", "Channels of symbols that somebody here has asked for",
            static_cast<double>(redis.channels));
  out.counter("wsfanout_quotes_redis_connects_total", "Connections to Redis that were let in", redis.connects);
  out.counter("wsfanout_quotes_redis_failures_total", "Connections to Redis lost, and attempts that failed",
              redis.failures);
  out.counter("wsfanout_quotes_redis_messages_total", "Messages from Redis channels", redis.messages);
  out.family("wsfanout_quotes_skipped_total", "counter", "Messages from the feed that are no quotes, by cause");
  for (const Poison cause : kCauses) {
    out.sample({{"cause", name(cause)}}, skipped_[static_cast<std::size_t>(cause)].load());
  }
}

}  // namespace wsf::fanout
