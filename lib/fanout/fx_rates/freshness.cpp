#include "fanout/fx_rates/freshness.hpp"

#include "base/clock.hpp"
#include "protocol/fx_rates.hpp"

#include <algorithm>

namespace wsf::fanout {

Freshness::Freshness(const FxRatesOptions& options, const FeedState& state, const hub::Subscriptions& subscriptions,
                     FxRatesCounters& counters)
    : options_(options), state_(state), subscriptions_(subscriptions), counters_(counters) {}

void Freshness::attach(ws::Sessions& sessions) {
  sessions_ = &sessions;
  began_ms_ = sessions.now_ms();
  staleness_.emplace(options_.stale_after.count(), began_ms_);
}

std::int64_t Freshness::take(hub::KeyId key, const hub::Update& update, std::int64_t now_epoch_ms) {
  const std::int64_t now_ms = sessions_->now_ms();
  if (update.tombstone) return now_ms;
  if (update.silent) {
    // A producer's clock may be ahead, and a record may have no time at all.
    const std::int64_t age_ms = std::max<std::int64_t>(0, now_epoch_ms - update.kafka_ms);
    std::int64_t heard_ms = update.kafka_ms > 0 ? now_ms - age_ms : began_ms_;
    if (const hub::LastValue* last = subscriptions_.last_value(key)) heard_ms = std::max(heard_ms, last->heard_ms);
    staleness_->learn(key, heard_ms);
    return heard_ms;
  }
  if (staleness_->heard(key, now_ms)) tell_all(key, protocol::live(subscriptions_.name(key)));
  return now_ms;
}

void Freshness::look(bool at_head) {
  for (const hub::Staleness::Change& change :
       staleness_->advance(sessions_->now_ms(), at_head && state_.broker_reachable)) {
    tell_all(change.key, change.stale ? stale_text(change.key) : protocol::live(subscriptions_.name(change.key)));
  }
  counters_.stale_pairs.set(static_cast<std::int64_t>(staleness_->stale()));
  counters_.oldest_pair_age_ms.set(staleness_->longest_silence_ms());
}

void Freshness::watch(hub::KeyId key) {
  const hub::LastValue* last = subscriptions_.last_value(key);
  staleness_->watch(key, last == nullptr ? began_ms_ : last->heard_ms);
}

void Freshness::tell_if_stale(ws::Slot slot, hub::KeyId key) {
  if (staleness_->stale_since(key)) sessions_->send(slot, stale_text(key));
}

void Freshness::tell_all(hub::KeyId key, std::string_view text) {
  hub::FramePtr frame;
  for (const hub::Subscriber& subscriber : subscriptions_.subscribers(key)) {
    if (!subscriber.terms.status) continue;
    if (!frame) frame = ws::frame_of(ws::Opcode::text, text);
    sessions_->publish(subscriber.slot, frame);
  }
}

// For people: by the epoch's clock as it goes now.
std::string Freshness::stale_text(hub::KeyId key) const {
  const std::int64_t ago_ms = sessions_->now_ms() - *staleness_->stale_since(key);
  return protocol::stale(subscriptions_.name(key), base::epoch_ms() - ago_ms);
}

}  // namespace wsf::fanout
