#include "fanout/fx_rates/resumes.hpp"

#include "base/clock.hpp"
#include "fanout/fx_rates/rate_frames.hpp"

namespace wsf::fanout {

Resumes::Resumes(const FxRatesOptions& options, hub::Subscriptions& subscriptions, Delivery& delivery,
                 FxRatesCounters& counters)
    : subscriptions_(subscriptions),
      delivery_(delivery),
      counters_(counters),
      history_({options.history, options.history_bytes, options.history_age.count()}) {}

void Resumes::add(const hub::SharedBatch& batch) {
  history_.add(batch);
  counters_.history_updates.set(static_cast<std::int64_t>(history_.updates()));
  counters_.history_bytes.set(static_cast<std::int64_t>(history_.bytes()));
  if (batch->head) at_head_ = true;
}

void Resumes::expire(std::int64_t now_epoch_ms) {
  history_.expire(now_epoch_ms);
}

bool Resumes::put_aside(ws::Slot slot, const protocol::Command& command) {
  if (at_head_ || command.resume.empty()) return false;
  if (waiting_.empty()) waiting_since_ms_ = sessions_->now_ms();
  return waiting_.emplace(slot, command).second;
}

Resumes::Waiting Resumes::take_ready() {
  const bool ready = at_head_ || sessions_->now_ms() - waiting_since_ms_ >= kPatienceMs;
  return ready ? std::exchange(waiting_, {}) : Waiting{};
}

std::vector<Resumption> Resumes::look_back(ws::Slot slot, const protocol::Command& command) const {
  std::vector<Resumption> out;
  for (const protocol::ResumePoint& point : command.resume) {
    const bool already = subscriptions_.has(slot, point.pair);
    out.push_back({&point, already, already ? std::nullopt : history_.after(point.pair, point.position)});
  }
  return out;
}

void Resumes::serve(ws::Slot slot, const Resumption& resumption, const hub::Terms& terms) {
  if (resumption.already || !sessions_->is_open(slot)) return;
  const auto& [pair, position] = *resumption.point;
  const hub::KeyId key = subscriptions_.intern(pair);
  const hub::LastValue* last = subscriptions_.last_value(key);
  if (!resumption.missed) {
    counters_.gaps.add();
    const auto to = last == nullptr ? std::nullopt : std::optional(last->position);
    return sessions_->send(slot, protocol::gap(pair, position, to));
  }
  counters_.recovered.add();
  replay(slot, resumption, terms);
  if (last != nullptr && same_log(last->position, position) && last->position.offset < position.offset) {
    ahead_[{slot, key}] = {position, sessions_->now_ms()};
  }
}

void Resumes::replay(ws::Slot slot, const Resumption& resumption, const hub::Terms& terms) {
  const Form form{.meta = terms.meta, .sent_ms = base::epoch_ms()};
  const hub::KeyId key = subscriptions_.intern(resumption.point->pair);
  for (const hub::Update* update : *resumption.missed) {
    if (delivery_.deliver(slot, terms, key, encode_rate_update(text_, key, *update, form))) {
      counters_.updates_sent.add();
    }
  }
  sessions_->write_ahead(slot);
}

bool Resumes::find_ahead(ws::Slot slot, hub::KeyId key, const base::Position& position) {
  const auto entry = ahead_.find({slot, key});
  if (entry == ahead_.end()) return false;
  const auto [had, since_ms] = entry->second;
  const bool before = same_log(position, had) && position.offset <= had.offset;
  if (before && sessions_->now_ms() - since_ms < kAheadMs) return true;
  ahead_.erase(entry);
  if (!before) return false;
  counters_.gaps.add();
  sessions_->send(slot, protocol::gap(subscriptions_.name(key), had, position));
  return false;
}

void Resumes::forget(ws::Slot slot) {
  waiting_.erase(slot);
  std::erase_if(ahead_, [slot](const auto& entry) { return entry.first.first == slot; });
}

}  // namespace wsf::fanout
