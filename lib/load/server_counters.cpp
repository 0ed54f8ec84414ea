#include "load/server_counters.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

namespace wsf::load {
namespace {

constexpr int kTimeoutMs = 2000;
constexpr std::size_t kMostBytes = 1 << 20;

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

std::string answer_to(int fd, const std::string& request) {
  std::string out;
  if (!ready(fd, POLLOUT)) return out;
  if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) return out;
  char buffer[16 * 1024];
  while (out.size() < kMostBytes && ready(fd, POLLIN)) {
    const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    out.append(buffer, static_cast<std::size_t>(got));
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
  const std::string answer =
      answer_to(fd, fmt::format("GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", url.authority()));
  ::close(fd);
  return parse_counters(answer);
}

}  // namespace wsf::load
