// Sessions whose socket refuses: what waits for them, how long, and when they are tried again.

#include "ws/sessions.hpp"

namespace wsf::ws {

void Sessions::block(Slot slot) {
  Session& session = table_[slot];
  session.blocked = true;
  counters_.blocked.add();
  tell_breaker(slot, [&](hub::Breaker& breaker) { breaker.refused(now_ms_, profile(session).breaker); });
  set_interest(slot);
  arm(slot);
}

// An update for a session that cannot be written to now.
void Sessions::hold(Slot slot, const hub::FramePtr& frame) {
  Session& session = table_[slot];
  const hub::OutboxLimits& limits = limits_.outbox;
  if (session.paused()) counters_.paused.add();
  const bool had_room = !hub::overflows(session.outbox.bytes(), limits);
  count_left_out(session, session.outbox.push(pool_, frame, now_ms_));
  if (had_room && hub::overflows(session.outbox.bytes(), limits)) {
    tell_breaker(slot, [&](hub::Breaker& breaker) { breaker.overflowed(now_ms_, profile(session).breaker); });
  }
  if (verdict(session) != hub::Verdict::keep) conflate(session);
}

hub::Verdict Sessions::verdict(const Session& session) const {
  if (!session.blocked || session.outbox.empty()) return hub::Verdict::keep;
  const std::int64_t oldest_age_ms = now_ms_ - session.outbox.oldest_ms(pool_);
  return hub::judge({session.outbox.bytes(), oldest_age_ms, session.breaker.state()}, limits_.outbox);
}

void Sessions::conflate(Session& session) {
  if (session.outbox.conflating()) return;
  counters_.conflating.add();
  count_left_out(session, session.outbox.conflate(pool_));
}

// What is left out never enters the client's window, nor does what is made anew in its place.
void Sessions::count_left_out(Session& session, std::size_t frames) {
  if (frames == 0) return;
  counters_.conflated.add(frames);
  session.history_bytes = 0;
}

void Sessions::breaker_moved(Slot slot, hub::BreakerState before) {
  Session& session = table_[slot];
  const hub::BreakerState after = session.breaker.state();
  counters_.breaker_sessions[index(before)].add(-1);
  counters_.breaker_sessions[index(after)].add(1);
  counters_.breaker_transitions[index(after)].add();
  if (after == hub::BreakerState::half_open) {
    session.blocked = false;  // the probe is the next flush
    touch(slot);
  }
  set_interest(slot);
  arm(slot);
}

// A session that is no longer open has its last words tried at once.
void Sessions::forget_breaker(Slot slot) {
  Session& session = table_[slot];
  counters_.breaker_sessions[index(session.breaker.state())].add(-1);
  session.breaker = {};
  session.strained = false;
  set_interest(slot);
}

}  // namespace wsf::ws
