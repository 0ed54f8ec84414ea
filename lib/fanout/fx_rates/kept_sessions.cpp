#include "fanout/fx_rates/kept_sessions.hpp"

#include "ws/query.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace wsf::fanout {
namespace {

constexpr std::int64_t kTimesKept = 3;  // within the time to live

std::string_view user_of(const auth::Grant* grant) {
  return grant == nullptr ? std::string_view() : std::string_view(grant->user);
}

}  // namespace

void KeptSessions::arrive(const ws::HttpRequest& request) {
  arriving_.clear();
  if (kept_ == nullptr) return;
  const std::vector<std::string> asked = ws::query_values(request.query, "session");
  if (!asked.empty()) arriving_ = asked.front();
}

void KeptSessions::on_open(ws::Slot slot) {
  if (arriving_.empty()) return;
  Returned returned{slot, reception_.id(slot), std::exchange(arriving_, {}), {}};
  const std::string session = returned.session;
  awaiting_[slot].clear();
  kept_->recall(session, user_of(reception_.grant(slot)),
                [inbox = returned_, returned = std::move(returned)](Recollection found) mutable {
                  returned.recollection = std::move(found);
                  inbox->add(std::move(returned));
                });
}

void KeptSessions::name(ws::Slot slot, const std::vector<std::string>& pairs) {
  const auto waiting = awaiting_.find(slot);
  if (waiting == awaiting_.end()) return;
  for (const std::string& pair : pairs) {
    if (std::ranges::find(waiting->second, pair) == waiting->second.end()) waiting->second.push_back(pair);
  }
}

void KeptSessions::on_close(ws::Slot slot) {
  awaiting_.erase(slot);
  if (subscriptions_.count(slot) > 0) keep(slot);
}

void KeptSessions::keep(ws::Slot slot) const {
  if (kept_ == nullptr) return;
  std::vector<std::string_view> pairs;
  subscriptions_.each_key(slot, [&](hub::KeyId key) { pairs.push_back(subscriptions_.name(key)); });
  kept_->keep(reception_.id(slot), user_of(reception_.grant(slot)), pairs);
}

std::vector<KeptSessions::Returned> KeptSessions::on_tick() {
  if (kept_ == nullptr) return {};
  keep_some();
  std::vector<Returned> here = returned_->take();
  std::erase_if(here, [this](const Returned& one) {
    return !sessions_->is_open(one.slot) || reception_.id(one.slot) != one.id;
  });
  for (Returned& one : here) {
    const std::vector<std::string> named = std::move(awaiting_[one.slot]);
    awaiting_.erase(one.slot);
    std::erase_if(one.recollection.pairs,
                  [&](const std::string& pair) { return std::ranges::find(named, pair) != named.end(); });
  }
  return here;
}

// So many at each tick that all have had their turn in time.
void KeptSessions::keep_some() {
  const std::int64_t now_ms = sessions_->now_ms();
  const std::int64_t slots = sessions_->slots();
  const std::int64_t round_ms = std::max<std::int64_t>(1, kept_->time_to_live().count() / kTimesKept);
  const std::int64_t passed_ms = std::min(now_ms - std::exchange(kept_ms_, now_ms), round_ms);
  rest_ += slots * passed_ms;
  for (; rest_ >= round_ms; rest_ -= round_ms) {
    next_ = next_ + 1 < slots ? next_ + 1 : 0;
    if (subscriptions_.count(next_) > 0) keep(next_);
  }
}

}  // namespace wsf::fanout
