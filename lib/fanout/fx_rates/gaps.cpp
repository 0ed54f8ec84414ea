#include "fanout/fx_rates/gaps.hpp"

#include "protocol/fx_rates.hpp"

namespace wsf::fanout {

void Gaps::begin(const hub::UpdateBatch& batch) {
  if (batch.head) at_head_ = true;
  if (!batch.loss) return;
  for (hub::KeyId key = 0; key < subscriptions_.key_end(); ++key) {
    const hub::LastValue* last = subscriptions_.last_value(key);
    if (last != nullptr && same_log(last->position, batch.loss->next)) tell(key, last->position, batch.loss->next);
  }
}

void Gaps::look_at(hub::KeyId key, const hub::Update& update) {
  if (update.tombstone) {
    told_.erase(key);
  } else if (update.silent) {
    const hub::LastValue* last = at_head_ ? subscriptions_.last_value(key) : nullptr;
    if (last != nullptr && !same_log(last->position, update.position)) told_.try_emplace(key, last->position);
  } else if (const auto had = told_.find(key); had != told_.end()) {
    tell(key, had->second, update.position);
    told_.erase(had);
  } else if (update.hole_from) {
    tell(key, *update.hole_from, update.position);
  }
}

void Gaps::tell(hub::KeyId key, const base::Position& from, const base::Position& to) {
  const std::string text = protocol::gap(subscriptions_.name(key), from, to);
  for (const hub::Subscriber& subscriber : subscriptions_.subscribers(key)) {
    if (!subscriber.watches_positions() || !sessions_->is_open(subscriber.slot)) continue;
    if (subscriber.terms.limited) delivery_.hurry(subscriber.slot, key);  // it came before the hole
    sessions_->send(subscriber.slot, text);
    counters_.gaps_told.add();
  }
}

}  // namespace wsf::fanout
