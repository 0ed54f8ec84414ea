#pragma once
// A frame: encoded WebSocket bytes, shared by every session of one shard that wants this encoding. Counted without
// atomics, so a frame never leaves the thread that made it.

#include "base/position.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace wsf::hub {

using KeyId = std::uint32_t;
inline constexpr KeyId kNoKey = ~KeyId{0};

class Frame;
using FramePtr = boost::intrusive_ptr<Frame>;

// Makes relative frames anew: those whose text says something of what came before them, so that it is another one
// once others have been left out. Outlives its frames.
class Remaker {
 public:
  // `newest` with what it stands for, after the update at `previous`.
  virtual FramePtr remake(const Frame& newest, std::uint32_t conflated,
                          const std::optional<base::Position>& previous) const = 0;

 protected:
  ~Remaker() = default;
};

// What conflation must know of a frame that carries an update.
struct FrameSubject {
  KeyId key = kNoKey;           // kNoKey: a reply or a control frame, never conflated
  std::uint32_t conflated = 0;  // updates that it stands for besides its own
  base::Position position;
  std::optional<base::Position> previous;
  std::int64_t kafka_ms = 0;
  const Remaker* remaker = nullptr;  // nullptr: not relative, it can be sent as it is whatever was left out
  std::uint32_t event_at = 0;        // where the event's own bytes lie in the frame, if the remaker asks for them
  std::uint32_t event_bytes = 0;
};

class Frame {
 public:
  // Copies header and payload into a new frame; one allocation.
  static FramePtr make(std::string_view header, std::string_view payload, const FrameSubject& subject = {});
  // The same message in other bytes, in which the event cannot be found: they keep the frame that has it in the
  // clear.
  static FramePtr make_twin(const FramePtr& plain, std::string_view header, std::string_view payload);

  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  std::string_view bytes() const { return {reinterpret_cast<const char*>(this + 1), size_}; }
  const FrameSubject& subject() const { return subject_; }
  std::uint32_t references() const { return references_; }
  bool relative() const { return subject_.remaker != nullptr; }
  std::string_view event() const {
    return plain_ ? plain_->event() : bytes().substr(subject_.event_at, subject_.event_bytes);
  }

 private:
  Frame(const FrameSubject& subject, std::uint32_t size) : subject_(subject), size_(size) {}
  ~Frame() = default;
  friend void intrusive_ptr_add_ref(Frame* f) { ++f->references_; }
  friend void intrusive_ptr_release(Frame* f) {
    if (--f->references_ == 0) destroy(f);
  }
  static void destroy(Frame* f);

  FrameSubject subject_;
  FramePtr plain_;  // of a relative twin
  std::uint32_t size_;
  std::uint32_t references_ = 0;
};

}  // namespace wsf::hub
