#include "hub/event_buffer.hpp"

#include <algorithm>
#include <optional>

namespace wsf::hub {
namespace {

// The later of two places of one log, of which a later epoch is later.
void raise(base::Position& floor, const base::Position& position) {
  if (base::is_later(position, floor)) floor = position;
}

std::size_t weight(const BufferedEvent& event) {
  return event.text.size() + EventBuffer::kBytesOfEntry;
}

bool is_of(const BufferedEvent& event, const EventBuffer::Seen& seen) {
  return event.topic == seen.topic && base::same_log(event.position, seen.position);
}

}  // namespace

void EventBuffer::add(std::string_view key, BufferedEvent event) {
  const std::lock_guard lock(mutex_);
  auto found = chains_.find(key);
  if (found == chains_.end()) found = chains_.emplace(key, Chain{{}, forgotten_}).first;
  Chain& chain = found->second;
  bytes_ += weight(event);
  ++events_;
  order_.emplace_back(next_number_, found->first);
  chain.events.push_back({std::make_shared<const BufferedEvent>(std::move(event)), next_number_});
  ++next_number_;
  if (chain.events.size() > limits_.events_per_key) forget_front(chain);
  if (order_.size() > 2 * events_ + kSpareOrder) cut_order();
  while (!order_.empty() && (bytes_ > limits_.bytes || chains_.size() > kMaxKeys)) forget_oldest();
}

void EventBuffer::begin(const std::string& topic, const base::Position& position) {
  const std::lock_guard lock(mutex_);
  begins_[{topic, position.partition}] = position;
}

void EventBuffer::expire(std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  while (!order_.empty()) {
    const auto& [number, key] = order_.front();
    const auto chain = chains_.find(key);
    const bool gone =
        chain == chains_.end() || chain->second.events.empty() || chain->second.events.front().number != number;
    if (!gone && chain->second.events.front().event->received_ms + limits_.age_ms > now_ms) return;
    forget_oldest();
  }
}

EventBuffer::Missed EventBuffer::after(std::string_view key, std::span<const Seen> seen,
                                       std::uint64_t last_batch) const {
  const std::lock_guard lock(mutex_);
  Missed missed;
  const auto found = chains_.find(key);
  const Chain* const chain = found == chains_.end() ? nullptr : &found->second;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (may_miss(chain, seen[i])) missed.gaps_after.push_back(i);
  }
  if (chain == nullptr) return missed;
  std::uint64_t newest_seen = 0;  // number of the newest event that the client names, plus one
  for (const Entry& entry : chain->events) {
    const bool named = std::ranges::any_of(
        seen, [&](const Seen& one) { return is_of(*entry.event, one) && one.position == entry.event->position; });
    if (named) newest_seen = entry.number + 1;
  }
  for (const Entry& entry : chain->events) {
    const BufferedEvent& event = *entry.event;
    if (event.batch > last_batch) break;
    const auto log = std::ranges::find_if(seen, [&](const Seen& one) {
      return one.topic == event.topic && one.position.partition == event.position.partition;
    });
    const bool is_new = log == seen.end() ? entry.number >= newest_seen
                                          : event.position.epoch != log->position.epoch ||
                                                event.position.offset > log->position.offset;
    if (is_new) missed.events.push_back(entry.event);
  }
  return missed;
}

std::size_t EventBuffer::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

std::size_t EventBuffer::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

// Whether events of the chain's key that came after this place are beyond what we know.
bool EventBuffer::may_miss(const Chain* chain, const Seen& seen) const {
  const Log log{seen.topic, seen.position.partition};
  const auto begin = begins_.find(log);
  if (begin == begins_.end()) return true;                           // a log that we do not read
  if (begin->second.epoch != seen.position.epoch) return true;       // another log of this name
  if (seen.position.offset + 1 < begin->second.offset) return true;  // we began to read later
  const Floors& forgotten = chain == nullptr ? forgotten_ : chain->forgotten;
  const auto floor = forgotten.find(log);
  if (floor == forgotten.end() || floor->second.epoch < seen.position.epoch) return false;
  return floor->second.offset > seen.position.offset;
}

void EventBuffer::forget_front(Chain& chain) {
  const BufferedEvent& event = *chain.events.front().event;
  const Log log{event.topic, event.position.partition};
  raise(chain.forgotten.try_emplace(log, event.position).first->second, event.position);
  raise(forgotten_.try_emplace(log, event.position).first->second, event.position);
  bytes_ -= weight(event);
  --events_;
  chain.events.pop_front();
}

// What gave way within its chain still stands in the order.
void EventBuffer::cut_order() {
  std::erase_if(order_, [this](const auto& item) {
    const auto chain = chains_.find(item.second);
    return chain == chains_.end() || chain->second.events.empty() || item.first < chain->second.events.front().number;
  });
}

void EventBuffer::forget_oldest() {
  const auto [number, key] = std::move(order_.front());
  order_.pop_front();
  const auto found = chains_.find(key);
  if (found == chains_.end() || found->second.events.empty()) return;
  if (found->second.events.front().number == number) forget_front(found->second);
  if (found->second.events.empty()) chains_.erase(found);
}

}  // namespace wsf::hub
