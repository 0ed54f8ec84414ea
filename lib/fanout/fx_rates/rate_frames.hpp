#pragma once
// The frames of fx-rates updates. Pure but for the clock that a remake reads.

#include "hub/frame.hpp"
#include "protocol/fx_rates.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::fanout {

// How an update goes out.
struct Form {
  bool snapshot = false;
  bool meta = false;
  std::int64_t sent_ms = 0;
  std::uint32_t conflated = 0;
};

// The frame of an event with this meta; null: the seed's plain form. `scratch` is overwritten: it saves an allocation
// for each frame.
hub::FramePtr encode_rate_update(std::string& scratch, std::string_view event, bool snapshot,
                                 const protocol::Meta* meta, hub::FrameSubject subject);

// The frame of what is known of the key: a hub::Update, or the hub::LastValue.
template <class Known>
hub::FramePtr encode_rate_update(std::string& scratch, hub::KeyId key, const Known& known, const Form& form) {
  hub::FrameSubject subject;
  subject.key = key;
  subject.position = known.position;
  subject.previous = known.previous;
  subject.kafka_ms = known.kafka_ms;
  subject.conflated = form.conflated;
  const protocol::Meta meta{known.position, known.previous, known.kafka_ms, form.sent_ms, form.conflated};
  return encode_rate_update(scratch, known.payload, form.snapshot, form.meta ? &meta : nullptr, subject);
}

}  // namespace wsf::fanout
