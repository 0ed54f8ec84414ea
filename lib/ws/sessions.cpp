#include "ws/sessions.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace wsf::ws {
namespace {

bool would_block(const boost::system::error_code& ec) {
  return ec == boost::system::errc::operation_would_block ||
         ec == boost::system::errc::resource_unavailable_try_again;
}

bool transient(const boost::system::error_code& ec) {
  return would_block(ec) || ec == boost::system::errc::interrupted;
}

}  // namespace

hub::FramePtr frame_of(Opcode opcode, std::string_view payload, hub::FrameSubject subject) {
  std::array<std::uint8_t, kMaxHeaderBytes> header;
  const std::size_t size = encode_header(header.data(), opcode, payload.size());
  subject.event_at += static_cast<std::uint32_t>(size);
  return hub::Frame::make({reinterpret_cast<const char*>(header.data()), size}, payload, subject);
}

Sessions::Sessions(Kernel& kernel, Application& application, const SessionLimits& limits,
                   hub::OutboxPool::Reencode reencode, std::int64_t now_ms)
    : kernel_(kernel),
      application_(application),
      limits_(limits),
      pool_(std::move(reencode)),
      timers_(now_ms),
      now_ms_(now_ms),
      scratch_(kReadBytes) {}

Sessions::~Sessions() {
  for (Slot slot = 0; slot < slots(); ++slot) {
    if (table_[slot].state != SessionState::free) kernel_.close(table_[slot].fd);
  }
}

void Sessions::adopt(int fd) {
  Slot slot = slots();
  if (free_.empty()) {
    table_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Session& session = table_[slot];
  boost::system::error_code ec;
  kernel_.watch(fd, token(slot, session.generation), Interest::read, ec);
  if (ec) {
    counters_.io_errors.add();
    kernel_.close(fd);
    free_.push_back(slot);
    return;
  }
  session.fd = fd;
  session.state = SessionState::handshake;
  session.give_up_ms = now_ms_ + limits_.handshake_timeout_ms;
  counters_.accepted.add();
  counters_.connections.add(1);
  arm(slot);
}

void Sessions::on_ready(const ReadyEvent& event) {
  const auto slot = static_cast<Slot>(event.token);
  if (slot >= table_.size()) return;
  Session& session = table_[slot];
  if (session.state == SessionState::free || token(slot, session.generation) != event.token) return;
  if (event.writable && session.blocked) {
    session.blocked = false;
    touch(slot);
  }
  if (event.readable) read(slot);
}

void Sessions::advance(std::int64_t now_ms) {
  now_ms_ = now_ms;
  timers_.advance(now_ms, [this](Slot slot) { expire(slot); });
  counters_.outbox_frames.set(static_cast<std::int64_t>(pool_.in_use()));
}

void Sessions::send(Slot slot, std::string_view text) {
  if (is_open(slot)) queue(slot, frame_of(Opcode::text, text));
}

void Sessions::publish(Slot slot, const hub::FramePtr& frame) {
  Session& session = table_[slot];
  if (session.state != SessionState::open) return;
  if (session.blocked) {
    if (verdict(session) != hub::Verdict::keep) conflate(session);
  } else {
    touch(slot);
  }
  counters_.conflated.add(session.outbox.push(pool_, frame, now_ms_));
}

void Sessions::flush() {
  const std::size_t count = touched_.size();
  if (count == 0) return;
  const std::size_t first = first_to_flush_++ % count;
  for (std::size_t i = 0; i < count; ++i) {
    const Slot slot = touched_[(first + i) % count];
    table_[slot].touched = false;
    write(slot);
  }
  touched_.clear();
}

void Sessions::close(Slot slot, protocol::CloseCause cause) {
  Session& session = table_[slot];
  if (session.state != SessionState::open) return;
  const protocol::CloseRow& row = protocol::close_row(cause);
  if (cause == protocol::CloseCause::slow_consumer) {
    counters_.slow_closed.add();
    session.outbox.drop_waiting(pool_);
    kernel_.enlarge_send_buffer(session.fd);
    session.blocked = false;  // the new room is worth a try
  }
  queue_close(slot, protocol::number(row.code), row.reason);
  session.state = SessionState::closing;
  session.give_up_ms = now_ms_ + kCloseTimeoutMs;
  left_open_state(slot, protocol::number(row.code));
  arm(slot);
}

void Sessions::read(Slot slot) {
  Session& session = table_[slot];
  boost::system::error_code ec;
  const std::size_t size = kernel_.receive(session.fd, scratch_, ec);
  if (transient(ec)) return;
  if (ec || size == 0) {
    if (ec) counters_.io_errors.add();
    return end(slot, protocol::number(protocol::Close::abnormal));
  }
  counters_.bytes_received.add(size);
  session.heard = true;
  const std::span<char> bytes(scratch_.data(), size);
  switch (session.state) {
    case SessionState::handshake:
      return read_request(slot, bytes);
    case SessionState::open:
    case SessionState::closing:
      return read_frames(slot, bytes);
    case SessionState::lingering:
    case SessionState::free:
      return;
  }
}

void Sessions::read_request(Slot slot, std::span<char> bytes) {
  Session& session = table_[slot];
  const std::size_t looked_at = session.request ? session.request->size() : 0;
  if (session.request) session.request->append(bytes.data(), bytes.size());
  const std::string_view all =
      session.request ? std::string_view(*session.request) : std::string_view(bytes.data(), bytes.size());
  const RequestProgress progress = request_progress(all, looked_at);
  if (progress.state == RequestProgress::State::need_more) {
    if (!session.request) session.request = std::make_unique<std::string>(all);
    return;
  }
  const std::unique_ptr<std::string> kept = std::move(session.request);
  if (progress.state == RequestProgress::State::refused) {
    return reply(slot,
                 plain_reply(progress.status, progress.status == 431 ? "request header too large" : "not HTTP"));
  }
  answer(slot, all.substr(0, progress.header_bytes));
  const std::size_t early = all.size() - progress.header_bytes;  // frames sent before the 101 came
  if (early > 0 && session.state == SessionState::open) read_frames(slot, bytes.last(std::min(early, bytes.size())));
}

void Sessions::answer(Slot slot, std::string_view header) {
  const std::optional<HttpRequest> request = parse_request(header);
  if (!request) return reply(slot, plain_reply(400, "malformed request"));
  const RequestAnswer answer = application_.on_request(*request);
  if (const auto* how = std::get_if<Upgrade>(&answer)) return upgrade(slot, *request, *how);
  reply(slot, std::get<HttpReply>(answer));
}

void Sessions::upgrade(Slot slot, const HttpRequest& request, const Upgrade& how) {
  Session& session = table_[slot];
  queue(slot, hub::Frame::make({}, switching_protocols(request.key, how.subprotocol)));
  session.state = SessionState::open;
  session.reader = FrameReader(Role::server, limits_.max_message_bytes);
  session.ping_at_ms = now_ms_ + limits_.heartbeat_ms;
  counters_.upgraded.add();
  counters_.open.add(1);
  arm(slot);
  application_.on_open(slot);
}

void Sessions::reply(Slot slot, const HttpReply& reply) {
  (reply.status < 400 ? counters_.http_replies : counters_.refused_requests).add();
  queue(slot, hub::Frame::make({}, encode_reply(reply)));
  linger(slot);
}

void Sessions::read_frames(Slot slot, std::span<char> bytes) {
  while (handle(slot, table_[slot].reader.next(bytes))) {
  }
  set_interest(slot);
}

// False when there is nothing more to read for now.
bool Sessions::handle(Slot slot, const FrameEvent& event) {
  Session& session = table_[slot];
  using Kind = FrameEvent::Kind;
  if (event.kind == Kind::need_more) return false;
  if (event.kind == Kind::close || event.kind == Kind::error) {
    peer_closed(slot, event);
    return false;
  }
  if (session.state != SessionState::open) return true;  // after our close frame only the peer's matters
  switch (event.kind) {
    case Kind::ping:
      queue(slot, frame_of(Opcode::pong, event.payload));
      break;
    case Kind::text:
      counters_.messages_received.add();
      application_.on_text(slot, event.payload);
      break;
    case Kind::binary:
      counters_.messages_received.add();
      application_.on_binary(slot, event.payload);
      break;
    default:
      break;
  }
  return true;
}

// The peer's close frame, or a breach of the protocol after which nothing it sends can be read.
void Sessions::peer_closed(Slot slot, const FrameEvent& event) {
  Session& session = table_[slot];
  const bool breach = event.kind == FrameEvent::Kind::error;
  if (session.state == SessionState::open) {
    if (breach) {
      counters_.protocol_errors.add();
      queue_close(slot, event.close_code, protocol::close_row(event.close_code).reason);
    } else if (event.close_code == kNoStatus || event.close_code == protocol::number(protocol::Close::normal)) {
      queue_close(slot, protocol::number(protocol::Close::normal), "bye");
    } else {
      queue_close(slot, event.close_code, {});
    }
    left_open_state(slot, event.close_code);
  }
  linger(slot);
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
  Session& session = table_[slot];
  if (session.state == SessionState::free || session.blocked) return;
  std::array<iovec, kBuffersPerWrite> buffers;
  while (!session.outbox.empty()) {
    const int count = session.outbox.gather(pool_, buffers.data(), kBuffersPerWrite);
    std::size_t offered = 0;
    for (int i = 0; i < count; ++i) offered += buffers[static_cast<std::size_t>(i)].iov_len;
    boost::system::error_code ec;
    const std::size_t taken = kernel_.send(session.fd, {buffers.data(), static_cast<std::size_t>(count)}, ec);
    if (ec == boost::system::errc::interrupted) continue;
    if (would_block(ec)) return block(slot);
    if (ec) {
      counters_.io_errors.add();
      return end(slot, protocol::number(protocol::Close::abnormal));
    }
    const std::uint32_t frames = session.outbox.frames();
    session.outbox.consume(pool_, taken);
    counters_.bytes_sent.add(taken);
    counters_.frames_sent.add(frames - session.outbox.frames());
    if (taken < offered) return block(slot);
  }
  wrote_all(slot);
}

void Sessions::block(Slot slot) {
  Session& session = table_[slot];
  session.blocked = true;
  counters_.blocked.add();
  set_interest(slot);
  arm(slot);
}

void Sessions::wrote_all(Slot slot) {
  Session& session = table_[slot];
  set_interest(slot);
  if (session.state == SessionState::lingering && !session.fin_sent) {
    session.fin_sent = true;
    kernel_.shut_writing(session.fd);
  }
}

hub::Verdict Sessions::verdict(const Session& session) const {
  if (!session.blocked || session.outbox.empty()) return hub::Verdict::keep;
  return hub::judge({session.outbox.bytes(), now_ms_ - session.outbox.oldest_ms(pool_)}, limits_.outbox);
}

void Sessions::conflate(Session& session) {
  if (session.outbox.conflating()) return;
  counters_.conflating.add();
  counters_.conflated.add(session.outbox.conflate(pool_));
}

// A peer that lets its replies pile up is not read until it takes them.
void Sessions::set_interest(Slot slot) {
  Session& session = table_[slot];
  const bool reads = session.outbox.reply_bytes() <= kMaxReplyBytes;
  const Interest wanted =
      session.blocked ? (reads ? Interest::both : Interest::write) : (reads ? Interest::read : Interest::none);
  if (wanted == session.interest) return;
  session.interest = wanted;
  kernel_.change(session.fd, token(slot, session.generation), wanted);
}

void Sessions::expire(Slot slot) {
  Session& session = table_[slot];
  switch (session.state) {
    case SessionState::free:
      return;
    case SessionState::open:
      expire_open(slot);
      break;
    case SessionState::handshake:
      if (now_ms_ < session.give_up_ms) break;
      return reply(slot, plain_reply(408, "the request took too long"));
    case SessionState::closing:
    case SessionState::lingering:
      if (now_ms_ < session.give_up_ms) break;
      return end(slot, protocol::number(protocol::Close::abnormal));
  }
  arm(slot);
}

void Sessions::expire_open(Slot slot) {
  Session& session = table_[slot];
  switch (verdict(session)) {
    case hub::Verdict::keep:
      break;
    case hub::Verdict::conflate:
      conflate(session);
      break;
    case hub::Verdict::close:
      return close(slot, protocol::CloseCause::slow_consumer);
  }
  if (limits_.heartbeat_ms == 0 || now_ms_ < session.ping_at_ms) return;
  if (session.pinged && !session.heard) {
    counters_.heartbeat_timeouts.add();
    return close(slot, protocol::CloseCause::heartbeat_timeout);
  }
  session.pinged = true;
  session.heard = false;
  session.ping_at_ms = now_ms_ + limits_.heartbeat_ms;
  queue(slot, frame_of(Opcode::ping, {}));
}

void Sessions::arm(Slot slot) {
  const Session& session = table_[slot];
  if (session.state != SessionState::open) return timers_.arm(slot, session.give_up_ms);
  std::int64_t next_ms = limits_.heartbeat_ms == 0 ? INT64_MAX : session.ping_at_ms;
  if (session.blocked && !session.outbox.empty()) {
    const std::int64_t patience_ms = session.outbox.conflating()
                                         ? limits_.outbox.outbox_age_ms
                                         : std::min(limits_.outbox.conflate_age_ms, limits_.outbox.outbox_age_ms);
    next_ms = std::min(next_ms, session.outbox.oldest_ms(pool_) + patience_ms);
  }
  if (next_ms != INT64_MAX) timers_.arm(slot, next_ms);
}

// All is said. What is queued goes out, then the stream is ended on our side; the peer's bytes are drained for a
// while, because a reset would destroy what it has not read yet.
void Sessions::linger(Slot slot) {
  Session& session = table_[slot];
  if (session.state != SessionState::lingering) session.give_up_ms = now_ms_ + kLingerMs;
  session.state = SessionState::lingering;
  touch(slot);
  arm(slot);
}

void Sessions::end(Slot slot, std::uint16_t code) {
  Session& session = table_[slot];
  if (session.state == SessionState::open) left_open_state(slot, code);
  if (session.state == SessionState::handshake) counters_.refused_requests.add();
  timers_.disarm(slot);
  session.outbox.clear(pool_);
  kernel_.close(session.fd);
  const bool touched = session.touched;
  const std::uint32_t generation = session.generation + 1;
  session = Session{};
  session.touched = touched;
  session.generation = generation;
  counters_.connections.add(-1);
  free_.push_back(slot);
}

void Sessions::left_open_state(Slot slot, std::uint16_t code) {
  counters_.open.add(-1);
  application_.on_close(slot, code);
}

}  // namespace wsf::ws
