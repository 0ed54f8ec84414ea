// Sessions, the way out: queueing, gathered writes, what becomes of those whose socket refuses.

#include "ws/sessions.hpp"
#include "ws/transient_error.hpp"

#include <array>
#include <utility>

namespace wsf::ws {
namespace {

// Frames that one write may take: a probe after a pause is small.
int buffers_of(const Session& session) {
  return session.strained ? session.breaker.may_write(Sessions::kBuffersPerWrite) : Sessions::kBuffersPerWrite;
}

}  // namespace

hub::FramePtr frame_of(Opcode opcode, std::string_view payload, hub::FrameSubject subject) {
  std::array<std::uint8_t, kMaxHeaderBytes> header;
  const std::size_t size = encode_header(header.data(), opcode, payload.size());
  subject.event_at += static_cast<std::uint32_t>(size);
  return hub::Frame::make({reinterpret_cast<const char*>(header.data()), size}, payload, subject);
}

void Sessions::send(Slot slot, std::string_view text) {
  if (is_open(slot)) queue(slot, frame_of(Opcode::text, text));
}

void Sessions::publish(Slot slot, const hub::FramePtr& frame) {
  Session& session = table_[slot];
  if (session.state != SessionState::open) return;
  if (session.blocked) return hold(slot, frame);
  touch(slot);
  counters_.conflated.add(session.outbox.push(pool_, frame, now_ms_));
}

void Sessions::flush() {
  flushing_.swap(touched_);
  const std::size_t count = flushing_.size();
  if (count == 0) return;
  const std::size_t together = kernel_.sends_together();
  const std::size_t first = first_to_flush_++ % count;
  for (std::size_t i = 0; i < count; ++i) {
    const Slot slot = flushing_[(first + i) % count];
    table_[slot].touched = false;
    if (together == 1) {
      write(slot);
    } else {
      offer(slot);
      if (sends_.size() == together) send_offers();
    }
  }
  send_offers();
  flushing_.clear();
}

// Puts the first part of what waits into the batch of sends.
void Sessions::offer(Slot slot) {
  Session& session = table_[slot];
  if (session.state == SessionState::free || session.blocked) return;
  if (session.outbox.empty()) return wrote_all(slot);
  buffers_.reserve(kernel_.sends_together() * kBuffersPerWrite);  // the sends point into it
  iovec* const begin = buffers_.data() + buffers_.size();
  buffers_.resize(buffers_.size() + kBuffersPerWrite);
  const int count = session.outbox.gather(pool_, begin, buffers_of(session));
  buffers_.resize(static_cast<std::size_t>(begin - buffers_.data()) + static_cast<std::size_t>(count));
  offered_.push_back(slot);
  sends_.push_back({session.fd, {begin, static_cast<std::size_t>(count)}, 0, {}});
}

void Sessions::send_offers() {
  if (sends_.empty()) return;
  kernel_.send_all(sends_);
  for (std::size_t i = 0; i < sends_.size(); ++i) {
    std::size_t bytes = 0;
    for (const iovec& buffer : sends_[i].from) bytes += buffer.iov_len;
    if (settle(offered_[i], bytes, sends_[i].taken, sends_[i].ec)) write(offered_[i]);
  }
  offered_.clear();
  sends_.clear();
  buffers_.clear();
}

void Sessions::queue(Slot slot, hub::FramePtr frame) {
  table_[slot].outbox.push(pool_, std::move(frame), now_ms_);
  touch(slot);
}

void Sessions::touch(Slot slot) {
  Session& session = table_[slot];
  if (session.touched) return;
  session.touched = true;
  touched_.push_back(slot);
}

void Sessions::queue_close(Slot slot, std::uint16_t code, std::string_view reason) {
  std::string frame;
  append_close(frame, code, reason);
  queue(slot, hub::Frame::make({}, frame));
}

void Sessions::write(Slot slot) {
  const Session& session = table_[slot];
  if (session.state == SessionState::free || session.blocked) return;
  if (session.outbox.empty()) return wrote_all(slot);
  while (write_some(slot, Failure::now)) {
  }
}

void Sessions::write_ahead(Slot slot) {
  const Session& session = table_[slot];
  while (session.state == SessionState::open && !session.blocked && !session.outbox.empty()) {
    if (!write_some(slot, Failure::later)) return;
  }
}

bool Sessions::write_some(Slot slot, Failure failure) {
  Session& session = table_[slot];
  std::array<iovec, kBuffersPerWrite> buffers;
  const int count = session.outbox.gather(pool_, buffers.data(), buffers_of(session));
  std::size_t offered = 0;
  for (int i = 0; i < count; ++i) offered += buffers[static_cast<std::size_t>(i)].iov_len;
  boost::system::error_code ec;
  const std::size_t taken = kernel_.send(session.fd, {buffers.data(), static_cast<std::size_t>(count)}, ec);
  if (failure == Failure::later && ec && !would_block(ec) && !interrupted(ec)) return false;
  return settle(slot, offered, taken, ec);
}

// After a send: what it took is done with, what it refused waits. True: there is more to offer now.
bool Sessions::settle(Slot slot, std::size_t offered, std::size_t taken, const boost::system::error_code& ec) {
  Session& session = table_[slot];
  if (interrupted(ec)) return true;
  if (would_block(ec)) {
    block(slot);
    return false;
  }
  if (ec) {
    counters_.io_errors.add();
    end(slot, protocol::number(protocol::Close::abnormal));
    return false;
  }
  std::uint32_t frames = session.outbox.frames();
  session.outbox.consume(pool_, taken);
  frames -= session.outbox.frames();
  if (session.strained) tell_breaker(slot, [&](hub::Breaker& breaker) { breaker.took(frames); });
  if (frames > 0 && std::exchange(session.http_waits, false)) --frames;
  counters_.bytes_sent.add(taken);
  counters_.frames_sent.add(frames);
  if (taken < offered) {
    block(slot);
    return false;
  }
  if (!session.outbox.empty()) return true;
  wrote_all(slot);
  return false;
}

void Sessions::wrote_all(Slot slot) {
  Session& session = table_[slot];
  if (session.strained) tell_breaker(slot, [&](hub::Breaker& breaker) { breaker.drained(limits_.outbox.breaker); });
  set_interest(slot);
  if (session.state == SessionState::lingering && !session.fin_sent) {
    session.fin_sent = true;
    kernel_.shut_writing(session.fd);
  }
}

// A peer that lets its replies pile up is not read until it takes them; one that is paused is not asked for room.
void Sessions::set_interest(Slot slot) {
  Session& session = table_[slot];
  const bool reads = session.outbox.reply_bytes() <= kMaxReplyBytes;
  const Interest wanted =
      session.awaits_room() ? (reads ? Interest::both : Interest::write) : (reads ? Interest::read : Interest::none);
  if (wanted == session.interest) return;
  session.interest = wanted;
  kernel_.change(session.fd, token(slot, session.generation), wanted);
}

}  // namespace wsf::ws
