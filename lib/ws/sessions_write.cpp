// Sessions, the way out: queueing, gathered writes, what becomes of those whose socket refuses.

#include "base/check.hpp"
#include "ws/frame.hpp"
#include "ws/sessions.hpp"
#include "ws/transient_error.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
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
  queue(slot, frame);
}

void Sessions::publish(Slot slot, SharedFrame& frame) {
  const std::uint8_t window_bits = table_[slot].window_bits;
  if (window_bits == 0) return publish(slot, frame.plain());
  // A message no longer than the window cannot refer back beyond it, and each of ours stands alone.
  const bool fits = window_bits == kMostWindowBits || frame.plain()->bytes().size() <= std::size_t{1} << window_bits;
  if (!fits) return publish(slot, frame.plain());
  if (!frame.asked_for_compressed()) counters_.frames_compressed.add();
  publish(slot, frame.compressed(compression_->deflater));
}

void Sessions::publish_next(Slot slot, SharedFrame& frame, std::string_view history) {
  Session& session = table_[slot];
  base::check(frame.plain()->relative(), "what refers to others can be made anew without them");
  if (!session.context) return publish(slot, frame);
  const std::size_t window = std::size_t{1} << session.window_bits;
  const std::size_t size = frame.plain()->bytes().size();
  if (size > window) {  // what is sent as it is does not enter the window
    session.history_bytes = 0;
    return publish(slot, frame.plain());
  }
  const std::size_t known = std::min({history.size(), std::size_t{session.history_bytes}, window - size});
  const std::size_t made = frame.continuations();
  const hub::FramePtr& encoded = frame.continued(compression_->deflater, history.substr(history.size() - known));
  counters_.frames_compressed.add(frame.continuations() - made);
  const bool enters = encoded != frame.plain();
  const std::size_t text = enters ? unmasked_payload(frame.plain()->bytes()).size() : 0;
  session.history_bytes =
      enters ? static_cast<std::uint16_t>(std::min<std::size_t>(session.history_bytes + text, UINT16_MAX)) : 0;
  publish(slot, encoded);
}

void Sessions::flush() {
  flushing_.swap(touched_);
  const std::size_t count = flushing_.size();
  if (count == 0) return;
  const std::size_t first = first_to_flush_++ % count;
  for (std::size_t i = 0; i < count; ++i) {
    const Slot slot = flushing_[(first + i) % count];
    table_[slot].touched = false;
    offer(slot);
    if (offers_.size() >= kernel_.sends_together()) send_offers();
  }
  send_offers();
  flushing_.clear();
  for (const Slot slot : touched_) spill(slot);  // queued by callbacks of this flush
  fresh_.clear();
}

// Puts the first part of what waits into the batch of sends.
void Sessions::offer(Slot slot) {
  Session& session = table_[slot];
  if (session.state == SessionState::free || session.blocked) return;
  if (!session.fresh.empty()) return offer_fresh(slot);
  if (session.outbox.empty()) return wrote_all(slot);
  buffers_.reserve(kernel_.sends_together() * kBuffersPerWrite);  // the sends point into it
  iovec* const begin = buffers_.data() + buffers_.size();
  buffers_.resize(buffers_.size() + kBuffersPerWrite);
  const int count = session.outbox.gather(pool_, begin, buffers_of(session));
  buffers_.resize(static_cast<std::size_t>(begin - buffers_.data()) + static_cast<std::size_t>(count));
  offers_.push_back({slot, 0, {}});
  sends_.push_back({session.fd, {begin, static_cast<std::size_t>(count)}, 0, {}});
}

void Sessions::offer_fresh(Slot slot) {
  Session& session = table_[slot];
  using Piece = hub::FreshFrames::Piece;
  Piece piece = fresh_.join(session.fresh);
  if (piece.answer == Piece::Answer::no_room) {
    send_offers();
    fresh_.forget_pieces();
    piece = fresh_.join(session.fresh);
  }
  if (piece.answer == Piece::Answer::too_long) {
    spill(slot);
    return offer(slot);
  }
  buffers_.reserve(kernel_.sends_together() * kBuffersPerWrite);
  buffers_.push_back({const_cast<char*>(piece.bytes.data()), piece.bytes.size()});
  offers_.push_back({slot, piece.frames, std::exchange(session.fresh, {})});
  sends_.push_back({session.fd, {&buffers_.back(), 1}, 0, {}});
}

void Sessions::send_offers() {
  if (sends_.empty()) return;
  kernel_.send_all(sends_);
  for (std::size_t i = 0; i < sends_.size(); ++i) {
    if (settle_fresh(offers_[i], sends_[i])) continue;
    std::size_t bytes = 0;
    for (const iovec& buffer : sends_[i].from) bytes += buffer.iov_len;
    if (settle(offers_[i].slot, bytes, sends_[i].taken, sends_[i].ec)) write(offers_[i].slot);
  }
  offers_.clear();
  sends_.clear();
  buffers_.clear();
}

// True when that was all: a piece of fresh frames that the socket took whole. Of any other, the frames go to the
// outbox, which knows how to go on with a part.
bool Sessions::settle_fresh(const Offer& offer, const Send& send) {
  if (offer.frames == 0) return false;
  Session& session = table_[offer.slot];
  if (send.ec || send.taken < send.from.front().iov_len) {
    const hub::FreshFrames::List later = std::exchange(session.fresh, offer.fresh);
    spill(offer.slot);
    session.fresh = later;
    spill(offer.slot);
    return false;
  }
  count_sent(session, offer.frames, send.taken);
  wrote_all(offer.slot);
  return true;
}

// An HTTP answer among the frames is none of them.
void Sessions::count_sent(Session& session, std::uint32_t frames, std::size_t bytes) {
  if (frames > 0 && std::exchange(session.http_waits, false)) --frames;
  counters_.bytes_sent.add(bytes);
  counters_.frames_sent.add(frames);
  if (Traffic* const traffic = profile(session).traffic) {
    traffic->bytes_sent.add(bytes);
    traffic->frames_sent.add(frames);
  }
}

void Sessions::queue(Slot slot, hub::FramePtr frame) {
  Session& session = table_[slot];
  if (session.blocked || session.strained || !session.outbox.empty()) {
    count_left_out(session, session.outbox.push(pool_, std::move(frame), now_ms_));
  } else {
    fresh_.append(session.fresh, frame);
  }
  if (!session.blocked) touch(slot);
}

// Moves what is fresh for the session into its outbox.
void Sessions::spill(Slot slot) {
  Session& session = table_[slot];
  const hub::FreshFrames::List list = std::exchange(session.fresh, {});
  fresh_.for_each(list, [&](const hub::FramePtr& frame) { session.outbox.push(pool_, frame, now_ms_); });
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
  spill(slot);
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
  count_sent(session, frames, taken);
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
  if (session.strained) tell_breaker(slot, [&](hub::Breaker& breaker) { breaker.drained(profile(session).breaker); });
  set_interest(slot);
  if (session.state == SessionState::lingering && session.fresh.empty() && !session.fin_sent) {
    session.fin_sent = true;
    kernel_.shut_writing(session.fd);
  }
  read_on(slot);
}

// A peer that lets its replies pile up is not read until it takes them; one that is paused is not asked for room.
void Sessions::set_interest(Slot slot) {
  Session& session = table_[slot];
  const bool reads = takes_replies(slot) && (unread_.empty() || !unread_.contains(slot));
  const Interest wanted =
      session.awaits_room() ? (reads ? Interest::both : Interest::write) : (reads ? Interest::read : Interest::none);
  if (wanted == session.interest) return;
  session.interest = wanted;
  kernel_.change(session.fd, token(slot, session.generation), wanted);
}

}  // namespace wsf::ws
