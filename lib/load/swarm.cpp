#include "load/swarm.hpp"

#include "base/check.hpp"
#include "base/clock.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace wsf::load {
namespace {

constexpr int kEventsAtOnce = 512;
constexpr std::int64_t kRefreshNs = 1'000'000'000;
constexpr int kIdleWaitMs = 20;  // how late an order is noticed at most
constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr double kNsPerS = 1e9;
// An event-class message that found no room closes by another code than an update that waited too long.
bool means_slow(std::uint16_t close_code) {
  return close_code == protocol::number(protocol::Close::slow_consumer) ||
         close_code == protocol::number(protocol::Close::gap);
}

}  // namespace

Swarm::Swarm(SwarmOptions options, const Dialect& dialect, const Orders& orders, Tally& tally)
    : options_(std::move(options)),
      dialect_(dialect),
      plan_(dialect.plan()),
      orders_(orders),
      tally_(tally),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(kReceiveBytes + net::TlsEngine::kMaxRecordBytes),
      random_(options_.seed * 1'000'003 + options_.index),
      connect_ns_(kHandshakeTimeoutNs),
      return_ns_(kHandshakeTimeoutNs) {
  base::check(epoll_ >= 0, "epoll_create1");
  const std::uint32_t others = options_.swarms - options_.index - 1;
  connections_.resize((plan_.connections + others) / options_.swarms);
}

Swarm::~Swarm() {
  for (Connection& connection : connections_) drop(connection);
  ::close(epoll_);
}

void Swarm::run() {
  thread_id_ = gettid();
  std::array<epoll_event, kEventsAtOnce> events{};
  while (!ended()) {
    const std::int64_t now = base::steady_ns();
    if (orders_.close.load() && !closing_) begin_closing();
    if (orders_.storm.load() && !progress_.stormed.load(std::memory_order_relaxed)) storm();
    if (orders_.thaw.load() && !thawed_) thaw();
    if (!closing_) {
      open_due(now);
      open_returning(now);
    }
    const int ready = epoll_wait(epoll_, events.data(), kEventsAtOnce, wait_ms(now));
    for (int i = 0; i < ready; i++) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      on_event(event.data.u32, event.events);
    }
    expire_handshakes(now);
    refresh_live(now);
  }
  for (Connection& connection : connections_) drop(connection);
  progress_.ended = true;
}

bool Swarm::ended() const {
  return orders_.abandon.load() || (closing_ && open_ == 0);
}

bool Swarm::opens_more() const {
  return next_ < connections_.size() && number_of(next_) < orders_.may_open.load() &&
         in_flight_ * options_.swarms < kMostInFlight;
}

int Swarm::wait_ms(std::int64_t now_ns) const {
  if (closing_) return kIdleWaitMs;
  std::int64_t wait_ns = kIdleWaitMs * kNsPerMs;
  if (!returning_.empty()) wait_ns = std::min(wait_ns, returning_.top().at_ns - now_ns);
  if (opens_more()) {
    const double per_s = options_.ramp_per_s;
    const double due_ns = per_s > 0 ? static_cast<double>(number_of(next_)) * kNsPerS / per_s : 0;
    const std::int64_t at_ns = per_s > 0 ? orders_.ramp_from_ns.load() + static_cast<std::int64_t>(due_ns) : now_ns;
    wait_ns = std::min(wait_ns, at_ns - now_ns);
  }
  if (wait_ns <= 0) return 0;
  return static_cast<int>(std::min<std::int64_t>(wait_ns / kNsPerMs + 1, kIdleWaitMs));
}

void Swarm::open_due(std::int64_t now_ns) {
  const std::int64_t since_ns = now_ns - orders_.ramp_from_ns.load();
  while (opens_more()) {
    const double due_ns = static_cast<double>(number_of(next_)) * kNsPerS / std::max(options_.ramp_per_s, 1e-9);
    if (options_.ramp_per_s > 0 && due_ns > static_cast<double>(since_ns)) return;
    open(next_++, base::steady_ns());
  }
}

void Swarm::open(std::uint32_t slot, std::int64_t now_ns) {
  Connection& connection = connections_[slot];
  connection.state = State::connecting;
  connection.started_ns = now_ns;
  connection.reader = ws::FrameReader(ws::Role::client, kMaxMessageBytes);
  connection.window.clear();
  in_flight_++;
  handshakes_.push_back({now_ns, slot});
  const int receive_bytes = plan_.is_slow(number_of(slot)) ? kSlowReceiveBytes : 0;
  connection.fd = begin_connect(options_.route, number_of(slot), receive_bytes);
  if (connection.fd < 0) {
    const int error = errno;
    const char* hint = error == EADDRNOTAVAIL ? "; more --source-addresses give more ports" : "";
    lose(slot, {base::Exit::cannot_connect, fmt::format("{}{}", std::strerror(error), hint)});
    return;
  }
  open_++;
  watch(EPOLL_CTL_ADD, slot, EPOLLOUT);
}

void Swarm::expire_handshakes(std::int64_t now_ns) {
  while (!handshakes_.empty() && now_ns - handshakes_.front().at_ns >= kHandshakeTimeoutNs) {
    const auto [started_ns, slot] = handshakes_.front();
    handshakes_.pop_front();
    const Connection& connection = connections_[slot];
    if (!under_way(connection) || connection.started_ns != started_ns) continue;
    lose(slot, {base::Exit::cannot_connect,
                connection.state == State::connecting  ? "no connection within 10 s"
                : connection.state == State::securing  ? "no TLS handshake within 10 s (does it speak TLS?)"
                : connection.state == State::upgrading ? "no answer to the upgrade within 10 s (no WebSocket server?)"
                                                       : "no answer to the subscription within 10 s"});
  }
}

// The close handshake first, so that the server sees an orderly client.
void Swarm::begin_closing() {
  closing_ = true;
  for (Connection& connection : connections_) {
    if (connection.state != State::live && connection.state != State::subscribing) {
      drop(connection);
      continue;
    }
    connection.state = State::closing;
    out_.clear();
    ws::append_masked_close(out_, 1000, "", static_cast<std::uint32_t>(random_()));
    if (!send_all(connection, out_)) drop(connection);
  }
}

void Swarm::drop(Connection& connection) {
  if (connection.fd < 0) return;
  close_by_reset(connection.fd);
  connection.fd = -1;
  connection.tls = {};
  connection.state = State::gone;
  open_--;
}

void Swarm::lose(std::uint32_t slot, Failure why) {
  Connection& connection = connections_[slot];
  const State was = std::exchange(connection.state, State::gone);
  drop(connection);
  if (was == State::live || was == State::thawed) tally_.lose(number_of(slot));
  if (was == State::live) {
    progress_.closed.add();
    progress_.live.add(-1);
    if (options_.reconnect) come_back(slot, base::steady_ns() + kReturnNs);
  } else if (was < State::live) {
    leave_flight(connection);
    if (connection.returns) {
      progress_.retried.add();
      return come_back(slot, base::steady_ns() + kReturnNs);
    }
    progress_.failed.add();
    why.upgraded = was == State::subscribing;
    const std::lock_guard lock(failure_mutex_);
    if (!failure_) failure_ = std::move(why);
  } else if (was == State::thawed) {
    (means_slow(why.close_code) ? progress_.stalled_closed_as_slow : progress_.stalled_closed_otherwise).add();
  }
}

void Swarm::leave_flight(Connection& connection) {
  in_flight_--;
  std::string().swap(connection.head);
  std::string().swap(connection.key);
}

void Swarm::refresh_live(std::int64_t now_ns) {
  if (next_ == connections_.size() && in_flight_ == 0) progress_.settled.store(true, std::memory_order_release);
  if (now_ns - refreshed_ns_ < kRefreshNs) return;
  refreshed_ns_ = now_ns;
  progress_.holes = tally_.counts().holes;
  progress_.p50_ns = static_cast<std::int64_t>(tally_.latency_ns().quantile(0.50));
  progress_.p99_ns = static_cast<std::int64_t>(tally_.latency_ns().quantile(0.99));
}

std::optional<Failure> Swarm::first_failure() const {
  const std::lock_guard lock(failure_mutex_);
  return failure_;
}

void Swarm::watch(int operation, std::uint32_t slot, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = slot;
  epoll_ctl(epoll_, operation, connections_[slot].fd, &event);
}

bool Swarm::send_all(Connection& connection, std::string_view bytes) {
  // What a client sends fits an empty socket buffer many times over; a server that lets it fill up does not read.
  return wire_.send(connection.fd, connection.tls, bytes);
}

bool Swarm::send_frame(Connection& connection, ws::Opcode opcode, std::string_view payload) {
  out_.clear();
  ws::append_masked_frame(out_, opcode, payload, static_cast<std::uint32_t>(random_()));
  return send_all(connection, out_);
}

}  // namespace wsf::load
