// Sockets under TLS, the way in: which descriptors, what became ready, handshakes, decryption.

#include "ws/tls_kernel.hpp"

#include "base/check.hpp"
#include "ws/http_request.hpp"

#include <algorithm>
#include <utility>

namespace wsf::ws {
namespace {

using boost::system::error_code;
namespace errc = boost::system::errc;

constexpr std::size_t kReceiveBytes = 64 * 1024;
constexpr char kHandshakeRecord = 0x16;  // what TLS begins with (RFC 8446 section 5.1)
constexpr unsigned kTokenFdBits = 32;
constexpr std::uint32_t kHighestFd = 0x7fffffff;

std::size_t fails(errc::errc_t why, error_code& ec) {
  ec = errc::make_error_code(why);
  return 0;
}

bool reads(Interest interest) {
  return interest == Interest::read || interest == Interest::both;
}

bool writes(Interest interest) {
  return interest == Interest::write || interest == Interest::both;
}

}  // namespace

TlsKernel::TlsKernel(Kernel& base, Identity identity)
    : base_(base), identity_(std::move(identity)), ciphertext_(kReceiveBytes) {}

TlsKernel::~TlsKernel() = default;

Token TlsKernel::own_token(int fd, const Connection& connection) const {
  return Token{connection.generation} << kTokenFdBits | static_cast<std::uint32_t>(fd);
}

void TlsKernel::watch(int fd, Token token, Interest interest, error_code& ec) {
  if (connections_.size() <= static_cast<std::size_t>(fd)) connections_.resize(static_cast<std::size_t>(fd) + 1);
  Connection& connection = of(fd);
  const std::uint32_t generation = connection.generation + 1;
  connection = Connection{};
  connection.generation = generation;
  connection.token = token;
  connection.interest = connection.watched = interest;
  connection.open = true;
  base_.watch(fd, own_token(fd, connection), interest, ec);
}

void TlsKernel::change(int fd, Token token, Interest interest) {
  Connection& connection = of(fd);
  connection.token = token;
  connection.interest = interest;
  update_interest(fd, connection);
}

void TlsKernel::update_interest(int fd, Connection& connection) {
  Interest wanted = connection.interest;
  if (!connection.unsent.empty()) wanted = reads(wanted) ? Interest::both : Interest::write;
  if (std::exchange(connection.watched, wanted) == wanted) return;
  base_.change(fd, own_token(fd, connection), wanted);
}

std::span<const ReadyEvent> TlsKernel::translate(std::span<const ReadyEvent> events) {
  ready_.clear();
  for (const ReadyEvent& event : events) {
    const auto low = static_cast<std::uint32_t>(event.token);
    if (low > kHighestFd) {
      ready_.push_back(event);
      continue;
    }
    const int fd = static_cast<int>(low);
    Connection& connection = of(fd);
    if (!connection.open || own_token(fd, connection) != event.token) continue;
    ReadyEvent told{connection.token, event.readable, false};
    error_code ec;
    if (event.writable && !flush(fd, connection, ec)) told.readable = true;  // a receive tells why
    told.writable = event.writable && connection.unsent.empty() && writes(connection.interest);
    if (told.readable || told.writable) ready_.push_back(told);
  }
  std::erase_if(ended_, [this](int fd) {
    const Connection& connection = of(fd);
    if (!connection.open || !connection.ended) return true;
    if (!reads(connection.interest)) return false;
    ready_.push_back({connection.token, true, false});
    return true;
  });
  return ready_;
}

std::size_t TlsKernel::receive(int fd, std::span<char> into, error_code& ec) {
  base::check(into.size() >= kLeastReadBytes, "there is room for more than a record");
  Connection& connection = of(fd);
  ec.clear();
  if (connection.ended) return 0;
  const std::span<char> room =
      std::span(ciphertext_).first(std::min(into.size() - net::TlsEngine::kMaxRecordBytes, ciphertext_.size()));
  const std::size_t got = base_.receive(fd, room, ec);
  if (ec || got == 0) return 0;
  if (connection.state == State::fresh) begin(fd, connection, room.front());
  if (connection.state == State::refused) return fails(errc::operation_would_block, ec);
  out_.clear();
  return settle(fd, connection, connection.engine.receive(room.first(got), into, out_), ec);
}

void TlsKernel::begin(int fd, Connection& connection, char first_byte) {
  if (first_byte != kHandshakeRecord) {
    counters_.not_tls.add();
    return refuse(fd, connection, encode_reply(plain_reply(400, "this port speaks TLS: https:// or wss://")));
  }
  connection.engine = net::TlsEngine(identity_()->new_session());
  connection.state = State::handshake;
}

// A close at once would be a reset where the peer has sent more than was read, and destroy the last word on its way.
void TlsKernel::refuse(int fd, Connection& connection, std::string_view last_word) {
  connection.state = State::refused;
  connection.shuts = true;
  error_code ignored;  // the next receive tells
  put(fd, connection, last_word, ignored);
}

void TlsKernel::note_established(Connection& connection) {
  if (connection.state != State::handshake || !connection.engine.established()) return;
  connection.state = State::established;
  counters_.handshakes.add();
  if (connection.engine.resumed()) counters_.resumed.add();
}

// What came of a receive, for its caller.
std::size_t TlsKernel::settle(int fd, Connection& connection, const net::TlsEngine::Received& progress,
                              error_code& ec) {
  note_established(connection);
  if (progress.fault && connection.state == State::handshake) {
    counters_.failed.add();
    refuse(fd, connection, out_);
    return fails(errc::operation_would_block, ec);
  }
  if (!put(fd, connection, out_, ec)) return 0;
  if (progress.fault || connection.unsent.size() > kMaxUnsentBytes) return fails(errc::connection_aborted, ec);
  if (progress.ended && progress.plain_bytes > 0) {
    connection.ended = true;
    ended_.push_back(fd);
  }
  if (progress.plain_bytes == 0 && !progress.ended) return fails(errc::operation_would_block, ec);
  return progress.plain_bytes;
}

void TlsKernel::shut_writing(int fd) {
  Connection& connection = of(fd);
  if (connection.state == State::refused) return;
  out_.clear();
  if (connection.state == State::established) connection.engine.finish(out_);
  connection.shuts = true;
  error_code ignored;  // a receive tells
  put(fd, connection, out_, ignored);
}

void TlsKernel::close(int fd) {
  if (static_cast<std::size_t>(fd) < connections_.size()) {
    const std::uint32_t generation = of(fd).generation;
    of(fd) = Connection{};
    of(fd).generation = generation;
  }
  base_.close(fd);
}

}  // namespace wsf::ws
