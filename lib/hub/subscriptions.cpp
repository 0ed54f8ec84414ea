#include "hub/subscriptions.hpp"

#include "base/check.hpp"

namespace wsf::hub {

bool Subscriptions::subscribe(Slot slot, std::string_view name, Terms terms) {
  const KeyId key = intern(name);
  if (const auto place = find(slot, key)) {
    Terms& known = keys_[key].subscribers[sessions_[slot][*place].place].terms;
    terms.resumes |= known.resumes;
    known = terms;
    return false;
  }
  if (slot >= sessions_.size()) sessions_.resize(slot + std::size_t{1});
  std::vector<Subscription>& own = sessions_[slot];
  base::check(own.size() < kMaxOfSession, "a session's subscriptions are limited");
  std::vector<Subscriber>& subscribers = keys_[key].subscribers;
  own.push_back({key, static_cast<std::uint32_t>(subscribers.size())});
  subscribers.push_back({slot, static_cast<std::uint16_t>(own.size() - 1), terms});
  ++total_;
  return true;
}

std::optional<KeyId> Subscriptions::unsubscribe(Slot slot, std::string_view name) {
  const auto id = ids_.find(name);
  if (id == ids_.end()) return std::nullopt;
  const KeyId key = id->second;
  const auto place = find(slot, key);
  if (!place) return std::nullopt;
  remove(slot, *place);
  return key;
}

void Subscriptions::drop_session(Slot slot) {
  if (slot >= sessions_.size()) return;
  while (!sessions_[slot].empty()) remove(slot, static_cast<std::uint16_t>(sessions_[slot].size() - 1));
  std::vector<Subscription>().swap(sessions_[slot]);
}

std::optional<Terms> Subscriptions::terms(Slot slot, std::string_view name) const {
  const auto id = ids_.find(name);
  if (id == ids_.end()) return std::nullopt;
  const auto place = find(slot, id->second);
  if (!place) return std::nullopt;
  return keys_[id->second].subscribers[sessions_[slot][*place].place].terms;
}

KeyId Subscriptions::intern(std::string_view name) {
  if (const auto known = ids_.find(name); known != ids_.end()) return known->second;
  KeyId key = static_cast<KeyId>(keys_.size());
  if (free_keys_.empty()) {
    keys_.emplace_back();
  } else {
    key = free_keys_.back();
    free_keys_.pop_back();
  }
  keys_[key].name = name;
  ids_.emplace(name, key);
  return key;
}

void Subscriptions::remember(KeyId key, const Update& update, std::int64_t heard_ms) {
  std::optional<LastValue>& last = keys_[key].last;
  if (update.tombstone) {
    if (last) --last_values_;
    last.reset();
    return forget_if_unused(key);
  }
  if (!last) {
    if (last_values_ >= kMaxLastValues) return forget_if_unused(key);
    ++last_values_;
    last.emplace();
  }
  last->payload = update.payload;
  last->position = update.position;
  last->previous = update.previous;
  last->kafka_ms = update.kafka_ms;
  last->heard_ms = heard_ms;
}

std::optional<std::uint16_t> Subscriptions::find(Slot slot, KeyId key) const {
  if (slot >= sessions_.size()) return std::nullopt;
  const std::vector<Subscription>& own = sessions_[slot];
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (own[i].key == key) return static_cast<std::uint16_t>(i);
  }
  return std::nullopt;
}

// Both lists fill the hole with their last element and tell its counterpart the new place.
void Subscriptions::remove(Slot slot, std::uint16_t place) {
  std::vector<Subscription>& own = sessions_[slot];
  const Subscription gone = own[place];
  std::vector<Subscriber>& subscribers = keys_[gone.key].subscribers;

  subscribers[gone.place] = subscribers.back();
  const Subscriber moved = subscribers[gone.place];
  sessions_[moved.slot][moved.place].place = gone.place;
  subscribers.pop_back();

  own[place] = own.back();
  if (place + std::size_t{1} != own.size()) keys_[own[place].key].subscribers[own[place].place].place = place;
  own.pop_back();

  --total_;
  forget_if_unused(gone.key);
}

// Names come from clients too: a key that nobody wants and that has no value must not stay.
void Subscriptions::forget_if_unused(KeyId key) {
  Key& entry = keys_[key];
  if (!entry.subscribers.empty() || entry.last) return;
  ids_.erase(entry.name);
  entry.name.clear();
  std::vector<Subscriber>().swap(entry.subscribers);
  free_keys_.push_back(key);
}

}  // namespace wsf::hub
