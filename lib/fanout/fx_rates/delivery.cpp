#include "fanout/fx_rates/delivery.hpp"

#include "base/clock.hpp"

namespace wsf::fanout {

void Delivery::deliver_snapshot(ws::Slot slot, const hub::Terms& terms, hub::KeyId key, const hub::LastValue& last) {
  Form form{.snapshot = true, .meta = terms.meta, .sent_ms = base::epoch_ms()};
  if (!terms.limited) return sessions_->publish(slot, encode_rate_update(text_, key, last, form));
  const hub::HeldFrame held = pacing_.pass(slot, key, sessions_->now_ms());
  if (!held.frame) return sessions_->publish(slot, encode_rate_update(text_, key, last, form));
  form.conflated = held.left_out;
  hub::LastValue standing = last;
  standing.previous = held.previous;
  sessions_->publish(slot, encode_rate_update(text_, key, standing, form));
}

void Delivery::set_rate(ws::Slot slot, hub::KeyId key, const protocol::Command& command,
                        const std::optional<hub::Terms>& before) {
  const bool was_limited = before && before->limited;
  if (was_limited && (before->meta != command.meta || !command.max_rate_hz)) hurry(slot, key);
  if (command.max_rate_hz) {
    pacing_.limit(slot, key, *command.max_rate_hz);
  } else if (was_limited) {
    pacing_.lift(slot, key);
  }
}

void Delivery::send_due() {
  for (const hub::HeldFrame& held : pacing_.take_due(sessions_->now_ms())) {
    send(held);
    if (sessions_->crowded()) sessions_->flush();
  }
  made_ = {};
  counters_.held_updates.set(static_cast<std::int64_t>(pacing_.held()));
  counters_.left_out_by_rate.add(pacing_.left_out() - counters_.left_out_by_rate.value());
}

void Delivery::send(const hub::HeldFrame& held) {
  if (!held.frame) return;
  sessions_->publish(held.slot, standing_for_all(held));
  counters_.updates_sent.add();
}

// The frame with what it stands for: in its text if that names positions, and always in its subject, because the
// outbox may yet replace it by one whose text does.
hub::FramePtr Delivery::standing_for_all(const hub::HeldFrame& held) {
  if (held.left_out == 0) return held.frame;
  const bool as_before =
      made_.of.frame == held.frame && made_.of.left_out == held.left_out && made_.of.previous == held.previous;
  if (as_before) return made_.frame;
  made_ = {held, nullptr};
  if (held.frame->relative()) {
    made_.frame = held.frame->subject().remaker->remake(*held.frame, held.left_out, held.previous);
  } else {
    hub::FrameSubject subject = held.frame->subject();
    subject.conflated = held.left_out;
    subject.previous = held.previous;
    made_.frame = hub::Frame::make({}, held.frame->bytes(), subject);
  }
  return made_.frame;
}

}  // namespace wsf::fanout
