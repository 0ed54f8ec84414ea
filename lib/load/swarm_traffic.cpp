// The bytes of a swarm's connections: the handshake, then frames.

#include "base/clock.hpp"
#include "load/swarm.hpp"
#include "load/upgrade.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace wsf::load {
namespace {

using Kind = ws::FrameEvent::Kind;

}  // namespace

void Swarm::on_event(std::uint32_t slot, std::uint32_t events) {
  Connection& connection = connections_[slot];
  if (connection.fd < 0) return;
  if (connection.state == State::connecting) {
    on_connected(slot);
  } else if (connection.state == State::stalled) {
    watch(EPOLL_CTL_DEL, slot, 0);  // a reset; what came before it is read when the others thaw
  } else if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    on_readable(slot);
  }
}

void Swarm::on_connected(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(connection.fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return lose(slot, {base::Exit::cannot_connect, std::strerror(error)});
  watch(EPOLL_CTL_MOD, slot, EPOLLIN);
  if (!wire_.secure()) return ask_upgrade(slot);
  connection.state = State::securing;
  if (!wire_.begin(connection.fd, connection.tls)) {
    lose(slot, {base::Exit::cannot_connect, "it does not take the TLS handshake"});
  }
}

void Swarm::ask_upgrade(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  connection.state = State::upgrading;
  connection.key = upgrade_key(random_(), random_());
  const std::uint32_t number = number_of(slot);
  const bool resumes = connection.returns && dialect_.resumes_by_request();
  const UpgradeRequest request = dialect_.request_of(number, resumes ? tally_.come_back(number) : std::string());
  if (!send_all(connection, upgrade_request(request.url, connection.key, options_.compress, request.token))) {
    lose(slot, {base::Exit::cannot_connect, "it does not take the request"});
  }
}

void Swarm::on_readable(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  const ssize_t got = wire_.receive(connection.fd, connection.tls, buffer_);
  if (connection.state == State::securing && connection.tls.established()) {
    ask_upgrade(slot);
    if (connection.fd < 0) return;
  }
  if (got < 0 && wire_.waits()) return;
  if (got <= 0) {
    if (connection.state == State::live) progress_.close_code = 1006;
    return lose(
        slot, {base::Exit::cannot_connect, got < 0 ? wire_.why() : "it closed the connection during the handshake"});
  }
  const std::int64_t now = base::epoch_ns();
  progress_.received_bytes.add(static_cast<std::uint64_t>(got));
  if (connection.state == State::live) tally_.read(wire_.arrived_ns(), now);
  const std::span<char> bytes(buffer_.data(), static_cast<std::size_t>(got));
  if (connection.state == State::upgrading) return on_upgrade_bytes(slot, bytes);
  on_frames(slot, bytes, now);
}

void Swarm::on_upgrade_bytes(std::uint32_t slot, std::span<char> bytes) {
  Connection& connection = connections_[slot];
  const std::size_t before = connection.head.size();
  connection.head.append(bytes.data(), bytes.size());
  const UpgradeAnswer answer = judge_upgrade(connection.head, connection.key, options_.compress);
  if (answer.kind == UpgradeAnswer::Kind::need_more) return;
  if (answer.kind == UpgradeAnswer::Kind::refused) {
    const bool auth = answer.exit == base::Exit::refused;
    return lose(slot, {answer.exit, fmt::format("{}: {}", auth ? "refused" : "no WebSocket there", answer.why)});
  }
  const auto took_ns = static_cast<std::uint64_t>(base::steady_ns() - connection.started_ns);
  (connection.returns ? return_ns_ : connect_ns_).record(took_ns);
  progress_.opened.add();
  connection.state = State::subscribing;
  connection.window_bytes = static_cast<std::uint32_t>(answer.window_bytes);
  if (options_.compress != Compress::off) {
    connection.reader = {ws::Role::client, kMaxMessageBytes, ws::FrameReader::Compression::deflate};
  }
  const std::size_t frames_at = answer.head_bytes - before;  // the head ended within these bytes
  if (!subscribe(slot)) {
    return lose(slot, {base::Exit::cannot_connect, "it does not take the subscription"});
  }
  on_frames(slot, bytes.subspan(frames_at), base::epoch_ns());
}

bool Swarm::subscribe(std::uint32_t slot) {
  const std::uint32_t number = number_of(slot);
  const bool resumes = connections_[slot].returns && !dialect_.resumes_by_request();
  const std::string text = dialect_.first_message(number, resumes ? tally_.come_back(number) : std::string());
  if (!text.empty() && !send_frame(connections_[slot], ws::Opcode::text, text)) return false;
  if (!dialect_.confirms()) go_live(slot, {});
  return true;
}

// Expanded. What came compressed stays, as far as the next message may refer back to it.
ws::FrameEvent Swarm::next_frame(Connection& connection, std::span<char>& bytes) {
  const ws::FrameEvent came = connection.reader.next(bytes);
  const ws::FrameEvent out = inflater_.inflate(came, kMaxMessageBytes, connection.window);
  if (!came.compressed || connection.window_bytes == 0) return out;
  std::string& window = connection.window;
  const std::size_t size = std::min<std::size_t>(out.payload.size(), connection.window_bytes);
  if (window.size() + size > connection.window_bytes) window.erase(0, window.size() + size - connection.window_bytes);
  window.append(out.payload.substr(out.payload.size() - size));
  return out;
}

void Swarm::on_frames(std::uint32_t slot, std::span<char> bytes, std::int64_t now_ns) {
  Connection& connection = connections_[slot];
  while (connection.fd >= 0) {
    const ws::FrameEvent event = next_frame(connection, bytes);
    switch (event.kind) {
      case Kind::need_more:
        return;
      case Kind::text:
        on_text(slot, event.payload, now_ns);
        break;
      case Kind::ping:
        send_frame(connection, ws::Opcode::pong, event.payload);
        break;
      case Kind::binary:
      case Kind::pong:
        break;
      case Kind::close:
        return on_close_frame(slot, event);
      case Kind::error:
        if (connection.state == State::live) progress_.close_code = event.close_code;
        return lose(slot, {base::Exit::runtime, fmt::format("it sent a bad frame: {}", event.payload)});
    }
  }
}

void Swarm::on_text(std::uint32_t slot, std::string_view text, std::int64_t now_ns) {
  Connection& connection = connections_[slot];
  const bool subscribing = connection.state == State::subscribing;
  progress_.messages.add();
  switch (dialect_.kind_of(text)) {
    case Said::update:
      if (connection.state == State::thawed) {
        tally_.catch_up(number_of(slot), text, now_ns);
      } else if (!closing_) {
        tally_.deliver(number_of(slot), text, now_ns);
      }
      if (subscribing && dialect_.confirms_by_update()) go_live(slot, text);
      break;
    case Said::gap:
      tally_.announce_gap(number_of(slot), text);
      break;
    case Said::subscribed:
      if (subscribing) go_live(slot, text);
      break;
    case Said::refused:
      if (subscribing) lose(slot, {base::Exit::refused, fmt::format("the subscription was refused: {}", text)});
      break;
    case Said::ping:
      send_frame(connection, ws::Opcode::text, dialect_.answer_to_ping(text));
      break;
    case Said::other:
      break;
  }
}

void Swarm::on_close_frame(std::uint32_t slot, const ws::FrameEvent& event) {
  Connection& connection = connections_[slot];
  if (connection.state == State::live) progress_.close_code = event.close_code;
  out_.clear();
  ws::append_masked_close(out_, event.close_code, "", static_cast<std::uint32_t>(random_()));
  if (connection.state != State::closing) send_all(connection, out_);
  lose(slot, {base::Exit::closed_by_server,
              fmt::format("closed by the server: {} {}", event.close_code, event.payload), event.close_code});
}

}  // namespace wsf::load
