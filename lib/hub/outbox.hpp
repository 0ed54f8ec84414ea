#pragma once
// A session's queue of frames that its socket has not taken. The queue itself is a few words in the session; its
// entries come from one pool for each shard, so that queueing allocates nothing once the pool is warm.
//
// While the socket keeps up, frames stay in order and none is left out. Conflation starts only when the owner says so
// (hub/verdict.hpp): from then until the outbox is empty it holds at most one frame for each key, the newest, at the
// place of the oldest.

#include "hub/frame.hpp"

#include <sys/uio.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace wsf::hub {

// The entries of all outboxes of a shard. Grows to the most that ever waited at once; bounded by the outboxes' own
// limits (verdict.hpp) times the number of sessions.
class OutboxPool {
 public:
  std::size_t in_use() const { return in_use_; }
  std::size_t conflating() const { return conflating_; }  // outboxes that do

 private:
  friend class Outbox;
  struct Entry {
    FramePtr frame;
    std::uint32_t next = 0;
    std::uint32_t conflated = 0;             // updates left out at this place
    bool outdated = false;                   // the frame is relative, and must be made anew
    std::int64_t waiting_since_ms = 0;       // when the first frame came that this place has held
    std::optional<base::Position> previous;  // of the first one left out; set when conflated > 0
  };
  struct Newest {  // scratch of Outbox::conflate, by key
    std::uint64_t pass = 0;
    std::uint32_t entry = 0;
  };

  std::uint32_t take();
  void give_back(std::uint32_t index);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::vector<Newest> newest_;
  std::uint64_t pass_ = 0;
  std::size_t in_use_ = 0;
  std::size_t conflating_ = 0;
};

class Outbox {
 public:
  // Appends a frame; while conflating, one with a key takes the place of the waiting frame of that key, if there is
  // one that the socket has not begun. Returns the number of frames left out by it (0 or 1).
  unsigned push(OutboxPool& pool, FramePtr frame, std::int64_t now_ms);

  // Begins to conflate: keeps the newest frame of each key. Returns the number of frames left out.
  std::size_t conflate(OutboxPool& pool);

  // Takes out what waits of a key that the session no longer wants. Key numbers are used again (subscriptions.hpp),
  // so a frame of a former key must never meet one of the next.
  void drop_key(OutboxPool& pool, KeyId key);

  // Fills up to `capacity` buffers with what is to be written next, in order; returns how many.
  int gather(OutboxPool& pool, iovec* buffers, int capacity);

  // The frame that is next, for who writes whole frames; consume() its bytes then. Not for an empty outbox.
  const FramePtr& front(const OutboxPool& pool) const { return pool.entries_[head_].frame; }

  // The socket took this many bytes.
  void consume(OutboxPool& pool, std::size_t bytes);

  // Drops everything but a frame that the socket has begun (its rest must go out, or the stream is broken).
  void drop_waiting(OutboxPool& pool);
  void clear(OutboxPool& pool);

  bool empty() const { return count_ == 0; }
  bool conflating() const { return conflating_ != 0; }
  std::uint32_t frames() const { return count_; }
  std::size_t bytes() const { return bytes_; }
  // Waiting replies and control frames: what conflation cannot shrink.
  std::size_t reply_bytes() const { return reply_bytes_; }
  // What they take in memory: of a small one, mostly its frame and its entry.
  std::size_t reply_memory_bytes() const {
    return reply_bytes_ + replies_ * (sizeof(Frame) + sizeof(OutboxPool::Entry));
  }
  // When the oldest waiting frame came, milliseconds of the caller's clock. Not for an empty outbox.
  std::int64_t oldest_ms(const OutboxPool& pool) const { return pool.entries_[head_].waiting_since_ms; }

 private:
  void append(OutboxPool& pool, FramePtr frame, std::int64_t now_ms);
  void replace(OutboxPool& pool, std::uint32_t index, FramePtr frame);
  void unlink(OutboxPool& pool, std::uint32_t before, std::uint32_t index);
  void pop(OutboxPool& pool);
  void set_conflating(OutboxPool& pool, bool on);
  void add_bytes(const Frame& frame);
  void remove_bytes(const Frame& frame, std::size_t bytes);

  std::uint32_t head_ = 0;
  std::uint32_t tail_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t sent_ = 0;  // bytes of the head that the socket has taken
  std::uint32_t bytes_ = 0;
  std::uint32_t reply_bytes_ = 0;
  std::uint32_t replies_ : 31 = 0;
  std::uint32_t conflating_ : 1 = 0;
};

}  // namespace wsf::hub
