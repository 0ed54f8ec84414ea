#include "load/server_counters.hpp"

#include "load/client_wire.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <charconv>
#include <span>
#include <vector>

namespace wsf::load {
namespace {

constexpr int kTimeoutMs = 2000;
constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kReceiveBytes = 16 * 1024;

bool ready(int fd, short events) {
  pollfd wait{fd, events, 0};
  return poll(&wait, 1, kTimeoutMs) > 0;
}

// The value of a family's only sample.
std::optional<double> sample(std::string_view exposition, std::string_view name) {
  const std::string begin = fmt::format("\n{} ", name);
  const std::size_t at = exposition.find(begin);
  if (at == exposition.npos) return std::nullopt;
  const std::string_view rest = exposition.substr(at + begin.size());
  double out = 0;
  if (std::from_chars(rest.data(), rest.data() + rest.size(), out).ec != std::errc()) return std::nullopt;
  return out;
}

// Reads once something came. False: the answer is over, or nothing came for too long.
bool receive(ClientWire& wire, int fd, net::TlsEngine& tls, std::span<char> buffer, std::string& answer) {
  if (answer.size() >= kMostBytes || !ready(fd, POLLIN)) return false;
  const ssize_t got = wire.receive(fd, tls, buffer);
  if (got > 0) answer.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0 || (got < 0 && wire.waits());
}

std::string answer_to(const Route& route, int fd, const std::string& request) {
  ClientWire wire(route, kReceiveBytes);
  net::TlsEngine tls;
  std::vector<char> buffer(kReceiveBytes + net::TlsEngine::kMaxRecordBytes);
  std::string out;
  if (!ready(fd, POLLOUT) || (wire.secure() && !wire.begin(fd, tls))) return out;
  while (wire.secure() && !tls.established()) {
    if (!receive(wire, fd, tls, buffer, out)) return out;
  }
  if (!wire.send(fd, tls, request)) return out;
  while (receive(wire, fd, tls, buffer, out)) {
  }
  return out;
}

}  // namespace

std::optional<ServerCounters> parse_counters(std::string_view exposition) {
  const auto sessions = sample(exposition, "wsfanout_sessions");
  const auto subscriptions = sample(exposition, "wsfanout_subscriptions");
  if (!sessions || !subscriptions) return std::nullopt;
  return ServerCounters{*sessions, *subscriptions};
}

std::optional<ServerCounters> read_counters(const ws::Url& url, const Route& route) {
  const int fd = begin_connect(route, 0);
  if (fd < 0) return std::nullopt;
  const std::string answer = answer_to(
      route, fd, fmt::format("GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", url.authority()));
  ::close(fd);
  return parse_counters(answer);
}

}  // namespace wsf::load
