#include "load/scripted_server.hpp"

#include "base/check.hpp"
#include "base/clock.hpp"
#include "protocol/fx_rates.hpp"
#include "ws/frame.hpp"
#include "ws/frame_reader.hpp"
#include "ws/http_request.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <utility>

namespace wsf::load::test {
namespace {

constexpr std::chrono::milliseconds kTick{5};

std::string text_frame(std::string_view text) {
  std::string out;
  ws::append_frame(out, ws::Opcode::text, text);
  return out;
}

void send_text(int fd, const std::string& bytes) {
  send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

bool readable(int fd, int timeout_ms) {
  pollfd wait{fd, POLLIN, 0};
  return poll(&wait, 1, timeout_ms) > 0;
}

std::string read_some(int fd) {
  char buffer[4096];
  const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
  return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
}

}  // namespace

ScriptedServer::ScriptedServer(std::size_t connections, Script script)
    : wanted_(connections), script_(std::move(script)), newest_(connections), sent_(connections) {
  listen();
  thread_ = std::thread([this] { serve(); });
}

ScriptedServer::ScriptedServer(std::string answer) : answer_(std::move(answer)) {
  listen();
  thread_ = std::thread([this] { answer_all(); });
}

ScriptedServer::ScriptedServer(ComeAndGo) {
  listen();
  thread_ = std::thread([this] { see_off_all(); });
}

ScriptedServer::~ScriptedServer() {
  stop_ = true;
  thread_.join();
  for (const int fd : peers_) ::close(fd);
  ::close(listener_);
}

void ScriptedServer::listen() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  base::check(bind(listener_, generic, size) == 0 && ::listen(listener_, 1024) == 0, "the test's port");
  getsockname(listener_, generic, &size);
  port_ = ntohs(address.sin_port);
}

int ScriptedServer::accept_one() {
  while (!stop_) {
    if (readable(listener_, 20)) return accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  }
  return -1;
}

void ScriptedServer::answer_all() {
  for (int fd; (fd = accept_one()) >= 0;) {
    if (readable(fd, 1000)) read_some(fd);
    send_text(fd, answer_);
    ::close(fd);
  }
}

void ScriptedServer::see_off_all() {
  for (int fd; (fd = accept_one()) >= 0;) {
    handshake(fd);
    std::string close_frame;
    if (readable(fd, 1000) && !read_some(fd).empty()) ws::append_close(close_frame, 1000, "");
    send_text(fd, close_frame);
    ::close(fd);
  }
}

bool ScriptedServer::handshake(int fd) {
  const std::string request = read_some(fd), name = "Sec-WebSocket-Key: ";
  const std::size_t at = request.find(name) + name.size();
  send_text(fd,
            fmt::format("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {}\r\n\r\n",
                        ws::accept_key(request.substr(at, request.find("\r\n", at) - at))) +
                text_frame(R"({"type":"connected"})"));
  std::string message = read_some(fd);
  ws::FrameReader reader(ws::Role::server, 4096);
  std::span<char> bytes(message);
  const std::lock_guard lock(mutex_);
  if (first_subscription_.empty()) first_subscription_ = reader.next(bytes).payload;
  meta_ = first_subscription_.find(R"("meta":true)") != std::string::npos;
  send_text(fd, text_frame(R"({"type":"subscribed"})"));
  return true;
}

void ScriptedServer::serve() {
  while (peers_.size() < wanted_) {
    const int fd = accept_one();
    if (fd < 0) return;
    handshake(fd);
    peers_.push_back(fd);
  }
  for (std::uint32_t seq = 0; !stop_ && seq < last_; seq++) {
    send_event(seq);
    if (gone_within(peers_.front(), kTick)) break;
  }
  for (int& fd : peers_) {
    ::close(fd);
    fd = -1;
  }
}

std::string ScriptedServer::event(std::size_t connection, std::uint32_t seq) {
  const std::string value =
      fmt::format(R"({{"fxRate":{{"currencyPair":"EURUSD"}},"load":{{"run":"scripted","seq":{},"due_ns":{}}}}})", seq,
                  due_ns_[seq]);
  const auto before = std::exchange(newest_[connection], seq);
  const std::uint32_t skipped = before && seq > *before ? seq - *before - 1 : 0;
  protocol::Meta meta{.at = {0, seq}, .prev = std::nullopt, .kafka_ms = 0, .sent_ms = 0, .conflated = 0};
  if (before) meta.prev.emplace(0, told_ == Told::missing ? std::int64_t{seq} - 1 : std::int64_t{*before});
  if (told_ == Told::conflated) meta.conflated = skipped;
  std::string text;
  protocol::append_rate_update(text, value, false, meta_ ? &meta : nullptr);
  return text_frame(text);
}

void ScriptedServer::send_event(std::uint32_t seq) {
  const std::lock_guard lock(mutex_);
  due_ns_.push_back(base::epoch_ns());
  for (std::size_t connection = 0; connection < peers_.size(); connection++) {
    for (const std::uint32_t number : script_(connection, seq)) {
      sent_[connection].insert(number);
      send_text(peers_[connection], event(connection, number));
    }
  }
}

// Nobody speaks after subscribing: what can be read is the end.
bool ScriptedServer::gone_within(int fd, std::chrono::milliseconds time) {
  return readable(fd, static_cast<int>(time.count()));
}

std::string ScriptedServer::first_subscription() {
  const std::lock_guard lock(mutex_);
  return first_subscription_;
}

ScriptedServer::Account ScriptedServer::account(std::size_t connection, std::int64_t from_ns, std::int64_t to_ns) {
  const std::lock_guard lock(mutex_);
  Account out;
  for (std::uint32_t seq = 0; seq < due_ns_.size(); seq++) {
    if (due_ns_[seq] < from_ns || due_ns_[seq] >= to_ns) continue;
    out.due++;
    out.sent += sent_[connection].count(seq);
  }
  return out;
}

}  // namespace wsf::load::test
