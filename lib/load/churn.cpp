#include "load/churn.hpp"

#include "base/check.hpp"
#include "base/clock.hpp"
#include "load/upgrade.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace wsf::load {
namespace {

using Kind = ws::FrameEvent::Kind;

constexpr int kEventsAtOnce = 256;
constexpr int kIdleWaitMs = 20;
constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr double kNsPerS = 1e9;

}  // namespace

Churn::Churn(ChurnOptions options, const Dialect& dialect)
    : options_(std::move(options)),
      dialect_(dialect),
      first_message_(dialect.first_message(0, {})),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      clients_(kMostAtOnce),
      buffer_(kReceiveBytes + net::TlsEngine::kMaxRecordBytes),
      random_(options_.seed),
      connect_ns_(kLifeNs) {
  base::check(epoll_ >= 0, "epoll_create1");
  base::check(options_.rate_per_s > 0, "a churn has a rate");
  for (std::uint32_t slot = kMostAtOnce; slot > 0; slot--) free_.push_back(slot - 1);
}

Churn::~Churn() {
  for (const Client& client : clients_) {
    if (client.fd >= 0) close_by_reset(client.fd);
  }
  ::close(epoll_);
}

void Churn::run(std::int64_t from_ns) {
  from_ns_ = from_ns;
  std::array<epoll_event, kEventsAtOnce> events{};
  while (!stop_ || free_.size() < kMostAtOnce) {
    const std::int64_t now = base::steady_ns();
    if (!stop_) open_due(now);
    const int ready = epoll_wait(epoll_, events.data(), kEventsAtOnce, wait_ms(now));
    for (int i = 0; i < ready; i++) on_event(events[static_cast<std::size_t>(i)].data.u32);
    expire(now);
  }
}

int Churn::wait_ms(std::int64_t now_ns) const {
  if (stop_ || free_.empty()) return kIdleWaitMs;
  const auto due_ns =
      from_ns_ + static_cast<std::int64_t>(static_cast<double>(next_) * kNsPerS / options_.rate_per_s);
  if (due_ns <= now_ns) return 0;
  return static_cast<int>(std::min<std::int64_t>((due_ns - now_ns) / kNsPerMs + 1, kIdleWaitMs));
}

void Churn::open_due(std::int64_t now_ns) {
  const double due = static_cast<double>(now_ns - from_ns_) / kNsPerS * options_.rate_per_s;
  while (static_cast<double>(next_) < due) {
    if (free_.empty()) return;  // late, then: it shows in the rate that was reached
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    open(slot, base::steady_ns());
  }
}

void Churn::open(std::uint32_t slot, std::int64_t now_ns) {
  Client& client = clients_[slot];
  client = {};
  client.state = State::connecting;
  client.started_ns = now_ns;
  started_.push_back({now_ns, slot});
  progress_.opened.add();
  client.fd = begin_connect(options_.route, next_++);
  if (client.fd < 0) return end(slot, std::strerror(errno));
  watch(EPOLL_CTL_ADD, slot, EPOLLOUT);
}

void Churn::on_event(std::uint32_t slot) {
  Client& client = clients_[slot];
  if (client.fd < 0) return;
  if (client.state == State::connecting) return on_connected(slot);
  const ssize_t got = wire_.receive(client.fd, client.tls, buffer_);
  if (client.state == State::securing && client.tls.established()) {
    ask_upgrade(slot);
    if (client.fd < 0) return;
  }
  if (got < 0 && wire_.waits()) return;
  if (got > 0) return on_bytes(slot, {buffer_.data(), static_cast<std::size_t>(got)});
  const bool closed_in_order = got == 0 && client.state == State::closing;
  end(slot, closed_in_order ? "" : got < 0 ? wire_.why() : "closed by the server before it was subscribed");
}

void Churn::on_connected(std::uint32_t slot) {
  Client& client = clients_[slot];
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(client.fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return end(slot, std::strerror(error));
  watch(EPOLL_CTL_MOD, slot, EPOLLIN);
  if (!wire_.secure()) return ask_upgrade(slot);
  client.state = State::securing;
  if (!wire_.begin(client.fd, client.tls)) end(slot, "it does not take the TLS handshake");
}

void Churn::ask_upgrade(std::uint32_t slot) {
  Client& client = clients_[slot];
  client.state = State::upgrading;
  client.key = upgrade_key(random_(), random_());
  const UpgradeRequest request = dialect_.request_of_visitor(random_());
  if (!send_all(client, upgrade_request(request.url, client.key, Compress::off, request.token)))
    end(slot, "it does not take the request");
}

void Churn::on_bytes(std::uint32_t slot, std::span<char> bytes) {
  if (clients_[slot].state == State::upgrading) return on_upgrade_bytes(slot, bytes);
  on_frames(slot, bytes);
}

void Churn::on_upgrade_bytes(std::uint32_t slot, std::span<char> bytes) {
  Client& client = clients_[slot];
  const std::size_t before = client.head.size();
  client.head.append(bytes.data(), bytes.size());
  const UpgradeAnswer answer = judge_upgrade(client.head, client.key);
  if (answer.kind == UpgradeAnswer::Kind::need_more) return;
  if (answer.kind == UpgradeAnswer::Kind::refused) return end(slot, answer.why);
  connect_ns_.record(static_cast<std::uint64_t>(base::steady_ns() - client.started_ns));
  client.state = State::subscribing;
  if (!subscribe(client)) return end(slot, "it does not take the subscription");
  if (!dialect_.confirms()) close(slot);
  on_frames(slot, bytes.subspan(answer.head_bytes - before));
}

void Churn::on_frames(std::uint32_t slot, std::span<char> bytes) {
  Client& client = clients_[slot];
  while (client.fd >= 0) {
    const ws::FrameEvent event = client.reader.next(bytes);
    switch (event.kind) {
      case Kind::need_more:
        return;
      case Kind::text:
        on_text(slot, event.payload);
        break;
      case Kind::ping:
      case Kind::pong:
      case Kind::binary:
        break;
      case Kind::close:
        return end(slot, client.state == State::closing
                             ? ""
                             : fmt::format("closed by the server: {} {}", event.close_code, event.payload));
      case Kind::error:
        return end(slot, fmt::format("it sent a bad frame: {}", event.payload));
    }
  }
}

void Churn::on_text(std::uint32_t slot, std::string_view text) {
  Client& client = clients_[slot];
  if (client.state != State::subscribing) return;
  const Said said = dialect_.kind_of(text);
  if (said == Said::refused) return end(slot, fmt::format("the subscription was refused: {}", text));
  if (said == Said::subscribed || (said == Said::update && dialect_.confirms_by_update())) close(slot);
}

bool Churn::subscribe(Client& client) {
  if (first_message_.empty()) return true;
  out_.clear();
  ws::append_masked_frame(out_, ws::Opcode::text, first_message_, static_cast<std::uint32_t>(random_()));
  return send_all(client, out_);
}

void Churn::close(std::uint32_t slot) {
  Client& client = clients_[slot];
  client.state = State::closing;
  out_.clear();
  ws::append_masked_close(out_, 1000, "", static_cast<std::uint32_t>(random_()));
  if (!send_all(client, out_)) end(slot, "it does not take the close");
}

void Churn::expire(std::int64_t now_ns) {
  while (!started_.empty() && now_ns - started_.front().at_ns >= kLifeNs) {
    const auto [at_ns, slot] = started_.front();
    started_.pop_front();
    if (clients_[slot].state != State::free && clients_[slot].started_ns == at_ns)
      end(slot, "it took more than 10 s");
  }
}

// Empty: in good order.
void Churn::end(std::uint32_t slot, std::string_view failure) {
  Client& client = clients_[slot];
  if (client.fd >= 0) close_by_reset(client.fd);
  client.fd = -1;
  client.tls = {};
  client.state = State::free;
  free_.push_back(slot);
  if (failure.empty()) return progress_.completed.add();
  progress_.failed.add();
  if (first_failure_.empty()) first_failure_ = failure;
}

bool Churn::send_all(Client& client, std::string_view bytes) {
  return wire_.send(client.fd, client.tls, bytes);
}

void Churn::watch(int operation, std::uint32_t slot, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = slot;
  epoll_ctl(epoll_, operation, clients_[slot].fd, &event);
}

}  // namespace wsf::load
