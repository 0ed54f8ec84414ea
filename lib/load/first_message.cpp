#include "load/first_message.hpp"

#include "load/client_wire.hpp"
#include "load/upgrade.hpp"
#include "ws/frame_reader.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <random>
#include <span>
#include <vector>

namespace wsf::load {
namespace {

constexpr int kTimeoutMs = 2000;
constexpr std::size_t kReceiveBytes = 64 * 1024;
constexpr std::uint64_t kMaxMessageBytes = 1 << 20;

using Kind = ws::FrameEvent::Kind;

// A client of its own, blocking.
class Visit {
 public:
  explicit Visit(const Route& route)
      : wire_(route, kReceiveBytes),
        fd_(begin_connect(route, 0)),
        buffer_(kReceiveBytes + net::TlsEngine::kMaxRecordBytes) {}
  ~Visit() {
    if (fd_ >= 0) close_by_reset(fd_);
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  base::Result<std::string> first_message(const UpgradeRequest& request) {
    if (fd_ < 0 || !ready(POLLOUT)) return failed("no connection");
    if (wire_.secure() && !secure()) return failed("no TLS");
    const std::string key = new_key();
    if (!wire_.send(fd_, tls_, upgrade_request(request.url, key, Compress::off, request.token)))
      return failed("no request");
    UpgradeAnswer answer;
    while (answer.kind == UpgradeAnswer::Kind::need_more) {
      if (!receive()) return failed("no answer");
      answer = judge_upgrade(came_, key);
    }
    if (answer.kind == UpgradeAnswer::Kind::refused) return base::Error{answer.why};
    came_.erase(0, answer.head_bytes);
    return message();
  }

 private:
  static base::Error failed(const char* what) {
    return {fmt::format("{}{}{}", what, errno != 0 ? ": " : "", errno != 0 ? std::strerror(errno) : "")};
  }

  static std::string new_key() {
    std::random_device random;
    return upgrade_key((std::uint64_t{random()} << 32) | random(), (std::uint64_t{random()} << 32) | random());
  }

  bool ready(short events) const {
    pollfd wait{fd_, events, 0};
    errno = 0;
    return poll(&wait, 1, kTimeoutMs) > 0;
  }

  bool secure() {
    if (!wire_.begin(fd_, tls_)) return false;
    while (!tls_.established()) {
      if (!receive()) return false;
    }
    return true;
  }

  // Some bytes came, or TLS alone has spoken.
  bool receive() {
    if (!ready(POLLIN)) return false;
    const ssize_t got = wire_.receive(fd_, tls_, buffer_);
    if (got > 0) came_.append(buffer_.data(), static_cast<std::size_t>(got));
    return got > 0 || (got < 0 && wire_.waits());
  }

  base::Result<std::string> message() {
    ws::FrameReader reader(ws::Role::client, kMaxMessageBytes);
    while (true) {
      std::span<char> bytes(came_);
      for (ws::FrameEvent event = reader.next(bytes); event.kind != Kind::need_more; event = reader.next(bytes)) {
        if (event.kind == Kind::text) return {boost::system::in_place_value, event.payload};
        if (event.kind == Kind::close) return base::Error{fmt::format("closed with {}", event.close_code)};
        if (event.kind == Kind::error) return base::Error{std::string(event.payload)};
      }
      came_.clear();
      if (!receive()) return failed("no message");
    }
  }

  ClientWire wire_;
  const int fd_;
  net::TlsEngine tls_;
  std::vector<char> buffer_;
  std::string came_;
};

}  // namespace

base::Result<std::string> first_message_of(const Route& route, const UpgradeRequest& request) {
  return Visit(route).first_message(request);
}

}  // namespace wsf::load
