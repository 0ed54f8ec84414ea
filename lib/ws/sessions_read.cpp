// Sessions, the way in: requests, upgrades, frames.

#include "ws/sessions.hpp"
#include "ws/transient_error.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace wsf::ws {

void Sessions::read(Slot slot) {
  Session& session = table_[slot];
  boost::system::error_code ec;
  const std::size_t size = kernel_.receive(session.fd, scratch_, ec);
  if (would_block(ec) || interrupted(ec)) return;
  if (ec || size == 0) {
    if (ec && session.state != SessionState::lingering)
      counters_.io_errors.add();  // after all is said it loses nothing
    return end(slot, protocol::number(protocol::Close::abnormal));
  }
  counters_.bytes_received.add(size);
  if (Traffic* const traffic = profile(session).traffic) traffic->bytes_received.add(size);
  session.heard = true;
  const std::span<char> bytes(scratch_.data(), size);
  switch (session.state) {
    case SessionState::handshake:
      return read_request(slot, bytes);
    case SessionState::open:
    case SessionState::closing:
      return read_frames(slot, bytes);
    case SessionState::lingering:
      session.due_ms -= static_cast<std::int64_t>(size / kLingerBytesPerMs);
      if (now_ms_ >= session.due_ms) end(slot, protocol::number(protocol::Close::abnormal));
      return;
    case SessionState::free:
      return;
  }
}

void Sessions::read_request(Slot slot, std::span<char> bytes) {
  const auto kept = requests_.find(slot);
  std::size_t looked_at = 0;
  std::string_view all(bytes.data(), bytes.size());
  if (kept != requests_.end()) {
    looked_at = kept->second.size();
    all = kept->second.append(all);
  }
  const RequestProgress progress = request_progress(all, looked_at);
  if (progress.state == RequestProgress::State::need_more) {
    if (kept == requests_.end()) requests_.emplace(slot, all);
    return;
  }
  decltype(requests_)::node_type complete;  // what `all` lies in
  if (kept != requests_.end()) complete = requests_.extract(kept);
  if (progress.state == RequestProgress::State::refused) {
    return reply(slot, plain_reply(progress.status,
                                   progress.status == 431 ? "request header too large" : "malformed request"));
  }
  answer(slot, all.substr(0, progress.header_bytes));
  const std::size_t early = all.size() - progress.header_bytes;  // frames sent before the 101 came
  if (early > 0 && table_[slot].state == SessionState::open) {
    read_frames(slot, bytes.last(std::min(early, bytes.size())));
  }
}

void Sessions::answer(Slot slot, std::string_view header) {
  const std::optional<HttpRequest> request = parse_request(header);
  if (!request) return reply(slot, plain_reply(400, "malformed request"));
  const RequestAnswer answer = application_.on_request(slot, *request);
  if (const auto* how = std::get_if<Upgrade>(&answer)) return upgrade(slot, *request, *how);
  reply(slot, std::get<HttpReply>(answer));
}

void Sessions::upgrade(Slot slot, const HttpRequest& request, const Upgrade& how) {
  Session& session = table_[slot];
  session.profile = how.profile;
  session.http_waits = true;
  const auto& deflate = how.deflate;
  session.context = deflate && deflate->may_keep_context && profile(session).context;
  queue(slot, hub::Frame::make({}, switching_protocols(request.key, how.subprotocol,
                                                       deflate ? deflate_answer(*deflate, session.context) : "")));
  session.state = SessionState::open;
  session.reader = FrameReader(Role::server, limits_.max_message_bytes,
                               deflate ? FrameReader::Compression::deflate : FrameReader::Compression::none);
  if (deflate) {
    session.window_bits = deflate->window_bits;
    if (!compression_) compression_ = std::make_unique<Compression>();
    counters_.compressed_sessions.add(1);
  }
  const std::int64_t heartbeat_ms = profile(session).heartbeat_ms;
  session.due_ms = heartbeat_ms == 0 ? INT64_MAX : now_ms_ + heartbeat_ms;
  counters_.upgraded.add();
  counters_.open.add(1);
  counters_.breaker_sessions[index(hub::BreakerState::closed)].add(1);
  arm(slot);
  application_.on_open(slot);
}

void Sessions::reply(Slot slot, const HttpReply& reply) {
  (reply.status < 400 ? counters_.http_replies : counters_.refused_requests).add();
  table_[slot].http_waits = true;
  queue(slot, hub::Frame::make({}, encode_reply(reply)));
  linger(slot);
}

// Many small messages in one read may ask for many times their size: what has been answered goes out first, and from
// a peer that does not take that, the rest waits until it does.
void Sessions::read_frames(Slot slot, std::span<char> bytes) {
  for (int messages = 1; handle(slot, table_[slot].reader.next(bytes)); ++messages) {
    if (messages % kMessagesPerTurn != 0) continue;
    write_ahead(slot);
    if (takes_replies(slot)) continue;
    unread_.emplace(slot, std::string(bytes.begin(), bytes.end()));
    break;
  }
  set_interest(slot);
}

void Sessions::read_on(Slot slot) {
  auto rest = unread_.extract(slot);
  if (rest.empty()) return;
  const SessionState state = table_[slot].state;
  if (state == SessionState::open || state == SessionState::closing) return read_frames(slot, rest.mapped());
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
  if (event.compressed) return handle(slot, compression_->inflater.inflate(event, limits_.max_message_bytes));
  switch (event.kind) {
    case Kind::ping:
      queue(slot, frame_of(Opcode::pong, event.payload));
      break;
    case Kind::text:
      count_message(session);
      application_.on_text(slot, event.payload);
      break;
    case Kind::binary:
      count_message(session);
      application_.on_binary(slot, event.payload);
      break;
    default:
      break;
  }
  return true;
}

void Sessions::count_message(const Session& session) {
  counters_.messages_received.add();
  if (Traffic* const traffic = profile(session).traffic) traffic->messages_received.add();
}

// The peer's close frame, or a breach of the protocol after which nothing it sends can be read.
void Sessions::peer_closed(Slot slot, const FrameEvent& event) {
  Session& session = table_[slot];
  const bool breach = event.kind == FrameEvent::Kind::error;
  if (session.state == SessionState::open) {
    if (breach) {
      counters_.protocol_errors.add();
      queue_close(slot, event.close_code,
                  event.payload == kBadCompression ? kBadCompression : protocol::close_row(event.close_code).reason);
    } else if (event.close_code == kNoStatus || event.close_code == protocol::number(protocol::Close::normal)) {
      queue_close(slot, protocol::number(protocol::Close::normal), "bye");
    } else {
      queue_close(slot, event.close_code, {});
    }
    left_open_state(slot, breach ? Ending{event.close_code, protocol::close_row(event.close_code).reason}
                                 : Ending{event.close_code, {}, true});
  }
  linger(slot);
}

}  // namespace wsf::ws
