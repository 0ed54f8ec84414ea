#include "fanout/fx_rates/rate_frames.hpp"

#include "base/clock.hpp"
#include "ws/sessions.hpp"

namespace wsf::fanout {
namespace {

// An update with meta names the one before it, and how many it stands for.
class MetaRemaker final : public hub::Remaker {
 public:
  hub::FramePtr remake(const hub::Frame& newest, std::uint32_t conflated,
                       const std::optional<base::Position>& previous) const override {
    hub::FrameSubject subject = newest.subject();
    subject.previous = previous;
    subject.conflated = conflated;
    const protocol::Meta meta{subject.position, previous, subject.kafka_ms, base::epoch_ms(), conflated};
    std::string text;
    return encode_rate_update(text, newest.event(), false, &meta, subject);
  }
};
const MetaRemaker kMetaRemaker;

}  // namespace

hub::FramePtr encode_rate_update(std::string& scratch, std::string_view event, bool snapshot,
                                 const protocol::Meta* meta, hub::FrameSubject subject) {
  scratch.clear();
  protocol::append_rate_update(scratch, event, snapshot, meta);
  if (meta != nullptr) {
    subject.remaker = &kMetaRemaker;
    subject.event_at = static_cast<std::uint32_t>(protocol::kRateUpdateOpening.size());
    subject.event_bytes = static_cast<std::uint32_t>(event.size());
  }
  return ws::frame_of(ws::Opcode::text, scratch, subject);
}

}  // namespace wsf::fanout
