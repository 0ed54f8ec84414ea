#include "fanout/fx_rates/rate_frames.hpp"

#include "base/clock.hpp"
#include "ws/sessions.hpp"

namespace wsf::fanout {

hub::FramePtr encode_rate_update(std::string& scratch, std::string_view event, bool snapshot,
                                 const protocol::Meta* meta, hub::FrameSubject subject) {
  scratch.clear();
  protocol::append_rate_update(scratch, event, snapshot, meta);
  if (meta != nullptr) {
    subject.event_at = static_cast<std::uint32_t>(protocol::kRateUpdateOpening.size());
    subject.event_bytes = static_cast<std::uint32_t>(event.size());
  }
  return ws::frame_of(ws::Opcode::text, scratch, subject);
}

hub::FramePtr reencode_rate_update(const hub::Frame& frame, std::uint32_t conflated,
                                   const std::optional<base::Position>& previous) {
  hub::FrameSubject subject = frame.subject();
  subject.previous = previous;
  subject.conflated = conflated;
  const protocol::Meta meta{subject.position, previous, subject.kafka_ms, base::epoch_ms(), conflated};
  std::string text;
  return encode_rate_update(text, frame.event(), false, &meta, subject);
}

}  // namespace wsf::fanout
