#include "fanout/trading/heartbeat.hpp"

#include <algorithm>

namespace wsf::fanout {

void TradingHeartbeat::attach(ws::Sessions& sessions) {
  sessions_ = &sessions;
  wheel_.emplace(sessions.now_ms());
}

void TradingHeartbeat::begin(ws::Slot slot) {
  if (slot >= clients_.size()) clients_.resize(sessions_->slots());
  const std::int64_t now_ms = sessions_->now_ms();
  clients_[slot] = {now_ms, now_ms + interval_ms_};
  sessions_->take_heard(slot);  // of the request
  arm(slot);
}

void TradingHeartbeat::heard(ws::Slot slot) {
  clients_[slot].heard_ms = sessions_->now_ms();
  sessions_->take_heard(slot);  // that was this
}

TradingHeartbeat::Due TradingHeartbeat::look(ws::Slot slot) {
  Client& client = clients_[slot];
  const std::int64_t now_ms = sessions_->now_ms();
  // A socket that takes nothing takes no ping: how long that may last is the outbox's matter.
  if (sessions_->take_heard(slot) || sessions_->is_blocked(slot)) client.heard_ms = now_ms;
  if (now_ms - client.heard_ms >= timeout_ms_) return Due::end;
  if (interval_ms_ == 0 || now_ms < client.ping_ms) return Due::nothing;
  client.ping_ms = now_ms + interval_ms_;
  return Due::ping;
}

void TradingHeartbeat::arm(ws::Slot slot) {
  const Client& client = clients_[slot];
  const std::int64_t ends_ms = client.heard_ms + timeout_ms_;
  wheel_->arm(slot, interval_ms_ == 0 ? ends_ms : std::min(ends_ms, client.ping_ms));
}

}  // namespace wsf::fanout
