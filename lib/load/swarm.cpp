#include "load/swarm.hpp"

#include "base/clock.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace wsf::load {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;  // one read takes whatever a socket buffer usually holds
constexpr int kEventsAtOnce = 512;
constexpr std::int64_t kRefreshNs = 1'000'000'000;
constexpr int kIdleWaitMs = 20;  // how late an order is noticed at most
constexpr double kNsPerS = 1e9;

void set_option(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof value);
}

}  // namespace

Swarm::Swarm(SwarmOptions options, const Plan& plan, const PairNumbers& names, const Orders& orders, Tally& tally)
    : options_(std::move(options)),
      plan_(plan),
      names_(names),
      orders_(orders),
      tally_(tally),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(kBufferBytes),
      random_(options_.seed * 1'000'003 + options_.index),
      connect_ns_(std::uint64_t{60} * 1'000'000'000) {
  base::check(epoll_ >= 0, "epoll_create1");
  const std::uint32_t others = options_.swarms - options_.index - 1;
  connections_.resize((plan.connections + others) / options_.swarms);
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
    if (!closing_) open_due(now);
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

int Swarm::wait_ms(std::int64_t now_ns) const {
  if (closing_ || next_ >= connections_.size() || number_of(next_) >= orders_.may_open.load()) return kIdleWaitMs;
  if (in_flight_ * options_.swarms >= kMostInFlight) return kIdleWaitMs;
  if (options_.ramp_per_s <= 0) return 0;
  const double due = static_cast<double>(number_of(next_)) * kNsPerS / options_.ramp_per_s;
  const auto wait_ns = orders_.ramp_from_ns.load() + static_cast<std::int64_t>(due) - now_ns;
  return static_cast<int>(std::clamp<std::int64_t>(wait_ns / 1'000'000 + 1, 0, kIdleWaitMs));
}

void Swarm::open_due(std::int64_t now_ns) {
  const std::int64_t since_ns = now_ns - orders_.ramp_from_ns.load();
  while (next_ < connections_.size() && number_of(next_) < orders_.may_open.load() &&
         in_flight_ * options_.swarms < kMostInFlight) {
    const double due_ns = static_cast<double>(number_of(next_)) * kNsPerS / std::max(options_.ramp_per_s, 1e-9);
    if (options_.ramp_per_s > 0 && due_ns > static_cast<double>(since_ns)) return;
    open(next_++, base::steady_ns());
  }
}

void Swarm::open(std::uint32_t slot, std::int64_t now_ns) {
  Connection& connection = connections_[slot];
  connection.state = State::connecting;
  connection.started_ns = now_ns;
  in_flight_++;
  handshakes_.push_back(slot);
  if (!start_connect(connection, slot)) {
    const int error = errno;
    const char* hint = error == EADDRNOTAVAIL ? "; more --source-addresses give more ports" : "";
    lose(slot, {base::Exit::cannot_connect, fmt::format("{}{}", std::strerror(error), hint)});
    return;
  }
  watch(EPOLL_CTL_ADD, slot, EPOLLOUT);
}

bool Swarm::start_connect(Connection& connection, std::uint32_t slot) {
  const int fd = socket(options_.address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  connection.fd = fd;
  open_++;
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (!options_.sources.empty()) {
    // The port is chosen at connect(), by the whole four-tuple: without this each source has its ports only once.
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const SocketAddress& source = options_.sources[number_of(slot) % options_.sources.size()];
    if (bind(fd, source.get(), source.size) != 0) return false;
  }
  return connect(fd, options_.address.get(), options_.address.size) == 0 || errno == EINPROGRESS;
}

void Swarm::expire_handshakes(std::int64_t now_ns) {
  while (!handshakes_.empty()) {
    const std::uint32_t slot = handshakes_.front();
    Connection& connection = connections_[slot];
    const bool under_way = connection.state > State::unused && connection.state < State::live;
    if (under_way && now_ns - connection.started_ns < kHandshakeTimeoutNs) return;
    handshakes_.pop_front();
    if (under_way) {
      lose(slot, {base::Exit::cannot_connect, connection.state == State::connecting ? "no connection within 10 s"
                                              : connection.state == State::upgrading
                                                  ? "no answer to the upgrade within 10 s (no WebSocket server?)"
                                                  : "no answer to the subscription within 10 s"});
    }
  }
}

// The close handshake first, so that the server sees an orderly client; then a reset, so that ten thousand ports do
// not spend a minute each in TIME_WAIT and the next run finds them free.
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
  const linger reset{1, 0};
  setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::close(connection.fd);
  connection.fd = -1;
  connection.state = State::gone;
  open_--;
}

void Swarm::lose(std::uint32_t slot, Failure why) {
  Connection& connection = connections_[slot];
  if (connection.state == State::live) {
    progress_.closed.add();
  } else if (connection.state != State::closing) {
    why.upgraded = connection.state == State::subscribing;
    leave_flight(connection);
    progress_.failed.add();
    const std::lock_guard lock(failure_mutex_);
    if (!failure_) failure_ = std::move(why);
  }
  connection.state = State::gone;
  drop(connection);
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
  const ssize_t sent = send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent == static_cast<ssize_t>(bytes.size());
}

bool Swarm::send_frame(Connection& connection, ws::Opcode opcode, std::string_view payload) {
  out_.clear();
  ws::append_masked_frame(out_, opcode, payload, static_cast<std::uint32_t>(random_()));
  return send_all(connection, out_);
}

}  // namespace wsf::load
