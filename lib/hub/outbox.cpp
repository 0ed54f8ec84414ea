#include "hub/outbox.hpp"

#include "base/check.hpp"

#include <utility>

namespace wsf::hub {

std::uint32_t OutboxPool::take() {
  ++in_use_;
  if (!free_.empty()) {
    const std::uint32_t index = free_.back();
    free_.pop_back();
    return index;
  }
  entries_.emplace_back();
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void OutboxPool::give_back(std::uint32_t index) {
  --in_use_;
  entries_[index].frame.reset();
  free_.push_back(index);
}

unsigned Outbox::push(OutboxPool& pool, FramePtr frame, std::int64_t now_ms) {
  if (conflating() && frame->subject().key != kNoKey) {
    const KeyId key = frame->subject().key;
    std::uint32_t index = head_;
    for (std::uint32_t i = 0; i < count_; ++i, index = pool.entries_[index].next) {
      const bool begun = i == 0 && sent_ > 0;
      if (begun || pool.entries_[index].frame->subject().key != key) continue;
      replace(pool, index, std::move(frame));
      return 1;
    }
  }
  append(pool, std::move(frame), now_ms);
  return 0;
}

std::size_t Outbox::conflate(OutboxPool& pool) {
  set_conflating(pool, true);
  ++pool.pass_;
  std::size_t left_out = 0;
  std::uint32_t before = 0;
  std::uint32_t index = head_;
  const std::uint32_t count = count_;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t next = pool.entries_[index].next;
    const KeyId key = pool.entries_[index].frame->subject().key;
    const bool begun = i == 0 && sent_ > 0;
    if (key != kNoKey && !begun) {
      if (key >= pool.newest_.size()) pool.newest_.resize(key + std::size_t{1});
      OutboxPool::Newest& seen = pool.newest_[key];
      if (seen.pass == pool.pass_) {
        FramePtr newer = pool.entries_[index].frame;
        unlink(pool, before, index);
        replace(pool, seen.entry, std::move(newer));
        ++left_out;
        index = next;
        continue;
      }
      seen = {pool.pass_, index};
    }
    before = index;
    index = next;
  }
  return left_out;
}

void Outbox::drop_key(OutboxPool& pool, KeyId key) {
  std::uint32_t before = 0;
  std::uint32_t index = head_;
  const std::uint32_t count = count_;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t next = pool.entries_[index].next;
    const bool begun = index == head_ && sent_ > 0;
    if (pool.entries_[index].frame->subject().key != key || begun) {
      before = index;
    } else if (index == head_) {
      remove_bytes(*pool.entries_[index].frame, pool.entries_[index].frame->bytes().size());
      pop(pool);
    } else {
      unlink(pool, before, index);
    }
    index = next;
  }
}

int Outbox::gather(OutboxPool& pool, iovec* buffers, int capacity) {
  int filled = 0;
  std::uint32_t index = head_;
  for (std::uint32_t i = 0; i < count_ && filled < capacity; ++i, index = pool.entries_[index].next) {
    OutboxPool::Entry& entry = pool.entries_[index];
    const bool begun = i == 0 && sent_ > 0;
    if (entry.outdated) {
      // Only now, because a blocked session's frame may be superseded many times before it can go out.
      remove_bytes(*entry.frame, entry.frame->bytes().size());
      entry.conflated += entry.frame->subject().conflated;
      entry.frame = entry.frame->subject().remaker->remake(*entry.frame, entry.conflated, entry.previous);
      add_bytes(*entry.frame);
      entry.outdated = false;
    }
    const std::string_view bytes = entry.frame->bytes().substr(begun ? sent_ : 0);
    buffers[filled++] = {const_cast<char*>(bytes.data()), bytes.size()};
  }
  return filled;
}

void Outbox::consume(OutboxPool& pool, std::size_t bytes) {
  while (bytes > 0) {
    base::check(count_ > 0, "a socket takes no more than was offered");
    const Frame& frame = *pool.entries_[head_].frame;
    const std::size_t rest = frame.bytes().size() - sent_;
    if (bytes < rest) {
      sent_ += static_cast<std::uint32_t>(bytes);
      remove_bytes(frame, bytes);
      return;
    }
    bytes -= rest;
    remove_bytes(frame, rest);
    pop(pool);
  }
}

void Outbox::drop_waiting(OutboxPool& pool) {
  if (sent_ == 0) return clear(pool);
  const FramePtr begun = pool.entries_[head_].frame;
  const std::uint32_t sent = sent_;
  const std::int64_t since_ms = pool.entries_[head_].waiting_since_ms;
  clear(pool);
  append(pool, begun, since_ms);
  sent_ = sent;
  remove_bytes(*begun, sent);
}

void Outbox::clear(OutboxPool& pool) {
  while (count_ > 0) pop(pool);
  bytes_ = 0;
  reply_bytes_ = 0;
  set_conflating(pool, false);
}

void Outbox::append(OutboxPool& pool, FramePtr frame, std::int64_t now_ms) {
  add_bytes(*frame);
  if (frame->subject().key == kNoKey) ++replies_;
  const std::uint32_t index = pool.take();
  OutboxPool::Entry& entry = pool.entries_[index];
  entry.frame = std::move(frame);
  entry.conflated = 0;
  entry.outdated = false;
  entry.waiting_since_ms = now_ms;
  entry.previous.reset();
  if (count_ == 0) {
    head_ = index;
  } else {
    pool.entries_[tail_].next = index;
  }
  tail_ = index;
  ++count_;
}

void Outbox::replace(OutboxPool& pool, std::uint32_t index, FramePtr frame) {
  OutboxPool::Entry& entry = pool.entries_[index];
  if (entry.conflated == 0) entry.previous = entry.frame->subject().previous;
  // What a frame stands for has been counted when it was made anew.
  const bool made_anew = entry.conflated > 0 && !entry.outdated && entry.frame->relative();
  entry.conflated += 1 + (made_anew ? 0 : entry.frame->subject().conflated);
  remove_bytes(*entry.frame, entry.frame->bytes().size());
  entry.frame = std::move(frame);
  entry.outdated = entry.frame->relative();
  add_bytes(*entry.frame);
}

// Takes out an entry that is not the head.
void Outbox::unlink(OutboxPool& pool, std::uint32_t before, std::uint32_t index) {
  remove_bytes(*pool.entries_[index].frame, pool.entries_[index].frame->bytes().size());
  pool.entries_[before].next = pool.entries_[index].next;
  if (index == tail_) tail_ = before;
  --count_;
  pool.give_back(index);
}

void Outbox::pop(OutboxPool& pool) {
  const std::uint32_t index = head_;
  head_ = pool.entries_[index].next;
  if (pool.entries_[index].frame->subject().key == kNoKey) --replies_;
  pool.give_back(index);
  sent_ = 0;
  if (--count_ == 0) set_conflating(pool, false);
}

void Outbox::set_conflating(OutboxPool& pool, bool on) {
  if (on == conflating()) return;
  conflating_ = on ? 1 : 0;
  if (on) {
    ++pool.conflating_;
  } else {
    --pool.conflating_;
  }
}

void Outbox::add_bytes(const Frame& frame) {
  const auto size = static_cast<std::uint32_t>(frame.bytes().size());
  bytes_ += size;
  if (frame.subject().key == kNoKey) reply_bytes_ += size;
}

void Outbox::remove_bytes(const Frame& frame, std::size_t bytes) {
  const auto size = static_cast<std::uint32_t>(bytes);
  bytes_ -= size;
  if (frame.subject().key == kNoKey) reply_bytes_ -= size;
}

}  // namespace wsf::hub
