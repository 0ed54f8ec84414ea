// Sockets under TLS, the way out: encryption, and what a socket refused of it.

#include "ws/tls_kernel.hpp"
#include "ws/transient_error.hpp"

#include <algorithm>
#include <utility>

namespace wsf::ws {
namespace {

using boost::system::error_code;
namespace errc = boost::system::errc;

std::size_t fails(errc::errc_t why, error_code& ec) {
  ec = errc::make_error_code(why);
  return 0;
}

bool waits(const error_code& ec) {
  return would_block(ec) || interrupted(ec);
}

}  // namespace

class TlsKernel::Cursor {
 public:
  explicit Cursor(std::span<const iovec> buffers, std::size_t skipped = 0) : buffers_(buffers) { skip(skipped); }

  bool at_end() const { return buffers_.empty(); }
  std::size_t rest_bytes() const {
    std::size_t bytes = 0;
    for (const iovec& buffer : buffers_) bytes += buffer.iov_len;
    return bytes - offset_;
  }
  // The next bytes, at most a record's; gathered in `scratch` when they lie in several buffers.
  std::span<const char> next(std::string& scratch) {
    const std::span<const char> first = rest_of_first();
    if (first.size() >= net::TlsEngine::kMaxPlainBytes || buffers_.size() == 1) {
      return take(first.first(std::min(first.size(), net::TlsEngine::kMaxPlainBytes)));
    }
    scratch.clear();
    while (!at_end() && scratch.size() < net::TlsEngine::kMaxPlainBytes) {
      const std::span<const char> more = rest_of_first();
      const std::size_t size = std::min(more.size(), net::TlsEngine::kMaxPlainBytes - scratch.size());
      scratch.append(more.data(), size);
      skip(size);
    }
    return scratch;
  }

 private:
  std::span<const char> rest_of_first() const {
    const iovec& first = buffers_.front();
    return {static_cast<const char*>(first.iov_base) + offset_, first.iov_len - offset_};
  }
  std::span<const char> take(std::span<const char> bytes) {
    skip(bytes.size());
    return bytes;
  }
  void skip(std::size_t bytes) {
    offset_ += bytes;
    while (!buffers_.empty() && offset_ >= buffers_.front().iov_len) {
      offset_ -= buffers_.front().iov_len;
      buffers_ = buffers_.subspan(1);
    }
    if (buffers_.empty()) offset_ = 0;
  }

  std::span<const iovec> buffers_;
  std::size_t offset_ = 0;  // into the first
};

std::size_t TlsKernel::send(int fd, std::span<const iovec> from, error_code& ec) {
  return send_from(fd, of(fd), Cursor(from), ec);
}

// A record at a time, so that no more than one is ever unsent.
std::size_t TlsKernel::send_from(int fd, Connection& connection, Cursor from, error_code& ec) {
  ec.clear();
  if (connection.state != State::established) return from.rest_bytes();  // who cannot read it is not told
  if (!flush(fd, connection, ec)) return 0;
  if (!connection.unsent.empty()) return fails(errc::operation_would_block, ec);
  std::size_t taken = 0;
  while (!from.at_end() && connection.unsent.empty()) {
    const std::span<const char> plain = from.next(plain_);
    out_.clear();
    if (!connection.engine.send(plain, out_)) return fails(errc::connection_aborted, ec);
    if (!put(fd, connection, out_, ec)) return 0;
    taken += plain.size();
  }
  return taken;
}

// The first record of each goes out together with the others', what is more then.
void TlsKernel::send_all(std::span<Send> sends) {
  encrypt_one_of_each(sends);
  buffers_.clear();
  sends_.clear();
  buffers_.reserve(parts_.size());  // the sends point into it
  for (const Part& part : parts_) {
    buffers_.push_back({out_.data() + part.begin, part.end - part.begin});
    sends_.push_back({sends[part.send].fd, {&buffers_.back(), 1}, 0, {}});
  }
  base_.send_all(sends_);
  settle_parts(sends);
  for (Send& one : sends) {
    Connection& connection = of(one.fd);
    const Cursor rest(one.from, one.taken);
    if (one.ec || rest.at_end() || (one.taken > 0 && !connection.unsent.empty())) continue;
    one.taken += send_from(one.fd, connection, rest, one.ec);
    if (one.taken > 0 && would_block(one.ec)) one.ec.clear();
  }
}

void TlsKernel::encrypt_one_of_each(std::span<Send> sends) {
  out_.clear();
  parts_.clear();
  for (std::size_t i = 0; i < sends.size(); ++i) {
    Send& one = sends[i];
    Connection& connection = of(one.fd);
    one.taken = 0;
    one.ec.clear();
    Cursor from(one.from);
    if (connection.state != State::established || !connection.unsent.empty() || from.at_end()) continue;
    const std::size_t begin = out_.size();
    const std::span<const char> plain = from.next(plain_);
    if (connection.engine.send(plain, out_)) {
      parts_.push_back({i, plain.size(), begin, out_.size()});
    } else {
      fails(errc::connection_aborted, one.ec);
    }
  }
}

void TlsKernel::settle_parts(std::span<Send> sends) {
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    const Part& part = parts_[k];
    const Send& tried = sends_[k];
    Send& one = sends[part.send];
    if (tried.ec && !waits(tried.ec)) {
      one.ec = tried.ec;
      continue;
    }
    Connection& connection = of(one.fd);
    connection.unsent.assign(out_, part.begin + tried.taken, part.end - part.begin - tried.taken);
    one.taken = part.plain_bytes;
    sent(one.fd, connection);
  }
}

// Sends ciphertext, behind what is unsent. False: the socket failed.
bool TlsKernel::put(int fd, Connection& connection, std::string_view ciphertext, error_code& ec) {
  ec.clear();
  if (connection.unsent.empty() && !ciphertext.empty()) {
    const iovec buffer{const_cast<char*>(ciphertext.data()), ciphertext.size()};
    const std::size_t taken = base_.send(fd, {&buffer, 1}, ec);
    if (ec && !waits(ec)) return false;
    ec.clear();
    ciphertext.remove_prefix(taken);
  }
  connection.unsent += ciphertext;
  sent(fd, connection);
  return true;
}

// Sends what is unsent, as far as the socket takes it. False: the socket failed.
bool TlsKernel::flush(int fd, Connection& connection, error_code& ec) {
  ec.clear();
  if (connection.unsent.empty()) return true;
  const iovec buffer{connection.unsent.data(), connection.unsent.size()};
  const std::size_t taken = base_.send(fd, {&buffer, 1}, ec);
  if (ec && !waits(ec)) return false;
  ec.clear();
  connection.unsent.erase(0, taken);
  sent(fd, connection);
  return true;
}

// After a try to send.
void TlsKernel::sent(int fd, Connection& connection) {
  if (connection.unsent.empty()) {
    if (connection.unsent.capacity() > sizeof(std::string)) std::string().swap(connection.unsent);
    if (std::exchange(connection.shuts, false)) base_.shut_writing(fd);
  }
  update_interest(fd, connection);
}

}  // namespace wsf::ws
