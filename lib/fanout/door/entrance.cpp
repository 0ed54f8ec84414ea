#include "fanout/door/entrance.hpp"

#include "base/check.hpp"
#include "fanout/door/socket_budget.hpp"
#include "ws/proxy_header.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>
#include <vector>

namespace wsf::fanout {
namespace {

// A peek at what has come leaves it to whoever reads next, so only the header itself is ever taken.
std::string_view peek(int fd, std::array<char, ws::kMaxProxyHeaderBytes>& into, bool& ended) {
  const ssize_t size = ::recv(fd, into.data(), into.size(), MSG_PEEK | MSG_DONTWAIT);
  ended = size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
  return {into.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

// Readable from so many bytes on, or the loop would turn over a header that has come in part.
void wake_from(int fd, std::size_t bytes) {
  const int least = static_cast<int>(bytes);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof least);
}

}  // namespace

Entrance::Entrance(ws::Listener& listener, ws::EpollKernel& kernel, const Options& options, ServerState& state,
                   Sockets sockets, HandOver hand_over)
    : listener_(listener),
      kernel_(kernel),
      options_(options),
      state_(state),
      sockets_(std::move(sockets)),
      hand_over_(std::move(hand_over)) {
  boost::system::error_code ec;
  kernel_.watch(listener_.fd(), kListenerToken, ws::Interest::read, ec);
  base::check(!ec, "the loop can watch its listener");
}

Entrance::~Entrance() {
  for (const auto& [fd, waiting] : waiting_) ::close(fd);
}

bool Entrance::on_ready(const ws::ReadyEvent& event, std::int64_t now_ms) {
  if (event.token == kListenerToken) {
    accept(now_ms);
    return true;
  }
  if (static_cast<std::uint32_t>(event.token) != kWaitingMark) return false;
  look_at_header(static_cast<int>(event.token >> 32), now_ms);
  return true;
}

void Entrance::on_tick(std::int64_t now_ms) {
  if (accept_again_ms_ != 0 && now_ms >= accept_again_ms_) {
    accept_again_ms_ = 0;
    kernel_.change(listener_.fd(), kListenerToken, ws::Interest::read);
  }
  std::vector<int> late;
  for (const auto& [fd, waiting] : waiting_) {
    if (now_ms >= waiting.until_ms) late.push_back(fd);
  }
  for (const int fd : late) {
    waiting_.erase(fd);
    shed(fd, Shed::proxy_header);
  }
}

void Entrance::accept(std::int64_t now_ms) {
  for (int i = 0; i < kAcceptsPerRound; ++i) {
    const ws::Listener::Accepted accepted = listener_.accept();
    if (accepted.exhausted) {
      spdlog::warn("no descriptors left for new connections: raise LimitNOFILE or lower --max-connections");
      kernel_.change(listener_.fd(), kListenerToken, ws::Interest::none);
      accept_again_ms_ = now_ms + kPauseMs;
      return;
    }
    if (accepted.fd < 0) return;
    receive(accepted.fd, {.address = accepted.from}, now_ms);
  }
}

void Entrance::receive(int fd, Guest guest, std::int64_t now_ms) {
  if (sockets_() + waiting_.size() >= most_sockets(options_.max_connections)) return shed(fd, Shed::full);
  if (options_.max_connection_rate > 0 && !rate_.take(options_.max_connection_rate, now_ms))
    return shed(fd, Shed::rate);
  const bool waits = options_.proxy_protocol && options_.trusted_proxies.contain(guest.address);
  return waits ? wait_for_header(fd, guest, now_ms) : let_in(fd, guest, now_ms);
}

void Entrance::wait_for_header(int fd, const Guest& guest, std::int64_t now_ms) {
  boost::system::error_code ec;
  if (waiting_.size() < kMaxWaiting) kernel_.watch(fd, token_of(fd), ws::Interest::read, ec);
  if (ec || waiting_.size() >= kMaxWaiting) return shed(fd, Shed::proxy_header);
  waiting_[fd] = {guest, now_ms + options_.handshake_timeout.count()};
  look_at_header(fd, now_ms);
}

void Entrance::look_at_header(int fd, std::int64_t now_ms) {
  const auto found = waiting_.find(fd);
  if (found == waiting_.end()) return;
  std::array<char, ws::kMaxProxyHeaderBytes> bytes;
  bool ended = false;
  const std::string_view come = peek(fd, bytes, ended);
  const ws::ProxyHeader header = ws::read_proxy_header(come);
  if (!ended && header.state == ws::ProxyHeader::State::need_more) return wake_from(fd, come.size() + 1);
  Guest guest = found->second.guest;
  waiting_.erase(found);
  if (header.state != ws::ProxyHeader::State::complete) return shed(fd, Shed::proxy_header);
  base::check(::recv(fd, bytes.data(), header.bytes, MSG_DONTWAIT) == static_cast<ssize_t>(header.bytes),
              "what was peeked at can be read");
  wake_from(fd, 1);
  kernel_.unwatch(fd);
  if (header.source) guest.address = *header.source;
  let_in(fd, guest, now_ms);
}

// A proxy's own address says nothing of its clients: their requests may.
void Entrance::let_in(int fd, Guest guest, std::int64_t now_ms) {
  if (state_.addresses.on() && !options_.trusted_proxies.contain(guest.address)) {
    switch (state_.addresses.enter(guest.address, now_ms)) {
      case AddressLimits::Verdict::too_many:
        return shed(fd, Shed::address);
      case AddressLimits::Verdict::too_fast:
        return shed(fd, Shed::address_rate);
      case AddressLimits::Verdict::in:
        guest.counted = true;
    }
  }
  hand_over_(fd, guest);
}

// By a reset, so that nothing of it lingers in the kernel either.
void Entrance::shed(int fd, Shed cause) {
  state_.shed[static_cast<std::size_t>(cause)].add();
  const linger at_once{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(fd);
}

}  // namespace wsf::fanout
