#include "load/client_wire.hpp"

#include "net/client_tls.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace wsf::load {
namespace {

constexpr std::int64_t kNsPerS = 1'000'000'000;

bool send_now(int fd, std::string_view bytes) {
  return ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(bytes.size());
}

// As recv(2) without waiting, and when it came (SCM_TIMESTAMPNS of socket(7)).
ssize_t receive_now(int fd, std::span<char> into, std::int64_t& arrived_ns) {
  iovec bytes{into.data(), into.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t got = ::recvmsg(fd, &message, MSG_DONTWAIT);
  arrived_ns = 0;
  if (got <= 0) return got;
  const cmsghdr* const stamp = CMSG_FIRSTHDR(&message);
  if (stamp == nullptr || stamp->cmsg_level != SOL_SOCKET || stamp->cmsg_type != SCM_TIMESTAMPNS) return got;
  timespec at{};
  std::memcpy(&at, CMSG_DATA(stamp), sizeof at);
  arrived_ns = std::int64_t{at.tv_sec} * kNsPerS + at.tv_nsec;
  return got;
}

}  // namespace

ClientWire::ClientWire(const Route& route, std::size_t receive_bytes)
    : route_(route), receive_bytes_(receive_bytes), ciphertext_(secure() ? receive_bytes : 0) {}

bool ClientWire::begin(int fd, net::TlsEngine& engine) {
  ssl_st* const session = route_.tls->new_session(route_.host);
  net::note_certificate_faults(session, noted_);
  engine = net::TlsEngine(session);
  char none[net::TlsEngine::kMaxRecordBytes];
  out_.clear();
  engine.receive({}, none, out_);
  return send_now(fd, out_);
}

ssize_t ClientWire::receive(int fd, net::TlsEngine& engine, std::span<char> into) {
  fault_.clear();
  const std::span<char> raw = engine ? std::span(ciphertext_) : into.first(std::min(into.size(), receive_bytes_));
  const ssize_t got = receive_now(fd, raw, arrived_ns_);
  error_ = errno;
  if (got <= 0 || !engine) return got;
  out_.clear();
  const auto progress = engine.receive(raw.first(static_cast<std::size_t>(got)), into, out_);
  if (!out_.empty() && !send_now(fd, out_) && !progress.fault) {
    error_ = EPIPE;
    return -1;
  }
  if (progress.plain_bytes > 0) return static_cast<ssize_t>(progress.plain_bytes);
  if (progress.ended) return 0;
  if (progress.fault) fault_ = noted_.what.empty() ? progress.fault->what : noted_.what;
  error_ = progress.fault ? EPROTO : EAGAIN;
  return -1;
}

bool ClientWire::send(int fd, net::TlsEngine& engine, std::string_view bytes) {
  if (!engine) return send_now(fd, bytes);
  out_.clear();
  return engine.send({bytes.data(), bytes.size()}, out_) && send_now(fd, out_);
}

bool ClientWire::waits() const {
  return error_ == EAGAIN || error_ == EINTR;
}

std::string ClientWire::why() const {
  return fault_.empty() ? std::strerror(error_) : fault_;
}

}  // namespace wsf::load
