// Sessions from accept to end: adoption, the clock, closing.

#include "ws/sessions.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <utility>

namespace wsf::ws {

Sessions::Sessions(Kernel& kernel, Application& application, const SessionLimits& limits, std::int64_t now_ms)
    : kernel_(kernel),
      application_(application),
      limits_(limits),
      profiles_{{.heartbeat_ms = limits.heartbeat_ms, .breaker = limits.outbox.breaker, .traffic = nullptr}},
      timers_(now_ms),
      now_ms_(now_ms),
      scratch_(kReadBytes) {
  table_.reserve(limits_.expected_sessions);
}

Sessions::~Sessions() {
  for (Slot slot = 0; slot < slots(); ++slot) {
    if (table_[slot].state != SessionState::free) kernel_.close(table_[slot].fd);
  }
}

std::uint8_t Sessions::add_profile(const SessionProfile& profile) {
  base::check(profiles_.size() <= UINT8_MAX, "a session names its profile in a byte");
  profiles_.push_back(profile);
  return static_cast<std::uint8_t>(profiles_.size() - 1);
}

std::optional<Slot> Sessions::adopt(int fd) {
  Slot slot = slots();
  if (free_.empty()) {
    table_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Session& session = table_[slot];
  boost::system::error_code ec;
  kernel_.watch(fd, token(slot, session.generation), Interest::read, ec);
  if (ec) {
    counters_.io_errors.add();
    kernel_.close(fd);
    free_.push_back(slot);
    return std::nullopt;
  }
  session.fd = fd;
  session.state = SessionState::handshake;
  session.due_ms = now_ms_ + limits_.handshake_timeout_ms;
  counters_.accepted.add();
  counters_.connections.add(1);
  arm(slot);
  return slot;
}

void Sessions::on_ready(const ReadyEvent& event) {
  const auto slot = static_cast<Slot>(event.token);
  if (slot >= table_.size()) return;
  Session& session = table_[slot];
  if (session.state == SessionState::free || token(slot, session.generation) != event.token) return;
  if (event.writable && session.awaits_room()) {
    session.blocked = false;
    touch(slot);
  }
  if (event.readable) read(slot);
  if (crowded()) flush();  // with answers to many small messages
}

void Sessions::advance(std::int64_t now_ms) {
  now_ms_ = now_ms;
  timers_.advance(now_ms, [this](Slot slot) { expire(slot); });
  counters_.outbox_frames.set(static_cast<std::int64_t>(pool_.in_use()));
  counters_.conflating_sessions.set(static_cast<std::int64_t>(pool_.conflating()));
}

void Sessions::close(Slot slot, protocol::CloseCause cause) {
  Session& session = table_[slot];
  if (session.state != SessionState::open) return;
  const protocol::CloseRow& row = protocol::close_row(cause);
  if (cause == protocol::CloseCause::slow_consumer) {
    counters_.slow_closed.add();
    session.fresh = {};
    session.outbox.drop_waiting(pool_);
    kernel_.enlarge_send_buffer(session.fd);
    session.blocked = false;  // the new room is worth a try
  }
  queue_close(slot, protocol::number(row.code), row.reason);
  session.state = SessionState::closing;
  session.due_ms = now_ms_ + kCloseTimeoutMs;
  left_open_state(slot, {protocol::number(row.code), row.reason});
  arm(slot);
}

void Sessions::expire(Slot slot) {
  Session& session = table_[slot];
  switch (session.state) {
    case SessionState::free:
      return;
    case SessionState::open:
      expire_open(slot);
      break;
    case SessionState::handshake:
      if (now_ms_ < session.due_ms) break;
      return reply(slot, plain_reply(408, "the request took too long"));
    case SessionState::closing:
    case SessionState::lingering:
      if (now_ms_ < session.due_ms) break;
      return end(slot, protocol::number(protocol::Close::abnormal));
  }
  arm(slot);
}

void Sessions::expire_open(Slot slot) {
  Session& session = table_[slot];
  if (session.strained) {
    tell_breaker(slot, [&](hub::Breaker& breaker) {
      if (breaker.expire(now_ms_, profile(session).breaker)) counters_.write_deadlines_missed.add();
    });
  }
  switch (verdict(session)) {
    case hub::Verdict::keep:
      break;
    case hub::Verdict::conflate:
    case hub::Verdict::pause:
      conflate(session);
      break;
    case hub::Verdict::close:
      return close(slot, protocol::CloseCause::slow_consumer);
  }
  if (now_ms_ >= session.due_ms) expire_heartbeat(slot);
}

void Sessions::expire_heartbeat(Slot slot) {
  Session& session = table_[slot];
  if (session.blocked) {  // no ping gets through: how long that may last is the outbox's matter
    session.pinged = false;
    session.due_ms = now_ms_ + profile(session).heartbeat_ms;
    return;
  }
  if (session.pinged && !session.heard) {
    counters_.heartbeat_timeouts.add();
    return close(slot, protocol::CloseCause::heartbeat_timeout);
  }
  session.pinged = true;
  session.heard = false;
  session.due_ms = now_ms_ + profile(session).heartbeat_ms;
  queue(slot, frame_of(Opcode::ping, {}));
}

void Sessions::arm(Slot slot) {
  const Session& session = table_[slot];
  if (session.state != SessionState::open) return timers_.arm(slot, session.due_ms);
  std::int64_t next_ms = session.due_ms;
  if (session.blocked && !session.outbox.empty()) {
    const std::int64_t patience_ms = session.outbox.conflating()
                                         ? limits_.outbox.outbox_age_ms
                                         : std::min(limits_.outbox.conflate_age_ms, limits_.outbox.outbox_age_ms);
    next_ms = std::min(next_ms, session.outbox.oldest_ms(pool_) + patience_ms);
  }
  if (session.strained) next_ms = std::min(next_ms, session.breaker.due_ms());
  if (next_ms != INT64_MAX) timers_.arm(slot, next_ms);
}

// All is said. What is queued goes out, then the stream is ended on our side; the peer's bytes are drained for a
// while, because a reset would destroy what it has not read yet.
void Sessions::linger(Slot slot) {
  Session& session = table_[slot];
  if (session.state != SessionState::lingering) session.due_ms = now_ms_ + kLingerMs;
  session.state = SessionState::lingering;
  touch(slot);
  arm(slot);
}

void Sessions::end(Slot slot, std::uint16_t code) {
  Session& session = table_[slot];
  if (session.state == SessionState::open) left_open_state(slot, {code, {}});
  if (session.state == SessionState::handshake) counters_.refused_requests.add();
  requests_.erase(slot);
  unread_.erase(slot);
  timers_.disarm(slot);
  session.outbox.clear(pool_);
  kernel_.close(session.fd);
  const bool touched = session.touched;
  const std::uint32_t generation = session.generation + 1;
  session = Session{};
  session.touched = touched;
  session.generation = generation;
  counters_.connections.add(-1);
  free_.push_back(slot);
  application_.on_gone(slot);
}

void Sessions::left_open_state(Slot slot, const Ending& ending) {
  counters_.open.add(-1);
  forget_breaker(slot);
  if (table_[slot].window_bits != 0) counters_.compressed_sessions.add(-1);
  application_.on_close(slot, ending);
}

}  // namespace wsf::ws
