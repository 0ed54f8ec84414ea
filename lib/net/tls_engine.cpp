#include "net/tls_engine.hpp"

#include "base/check.hpp"
#include "net/openssl.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace wsf::net {
namespace {

// What OpenSSL reads from and writes to, for the length of one call.
struct Wire {
  std::span<const char> in;
  std::string* out = nullptr;
};

int read_wire(BIO* bio, char* into, int size) {
  auto* wire = static_cast<Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (wire == nullptr || wire->in.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const std::size_t count = std::min(static_cast<std::size_t>(size), wire->in.size());
  std::memcpy(into, wire->in.data(), count);
  wire->in = wire->in.subspan(count);
  return static_cast<int>(count);
}

int write_wire(BIO* bio, const char* from, int size) {
  auto* wire = static_cast<Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  wire->out->append(from, static_cast<std::size_t>(size));
  return size;
}

long control_wire(BIO*, int what, long, void*) {
  return what == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* wire_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    base::check(made != nullptr, "OpenSSL takes a way to read and write");
    BIO_meth_set_read(made, &read_wire);
    BIO_meth_set_write(made, &write_wire);
    BIO_meth_set_ctrl(made, &control_wire);
    return made;
  }();
  return method;
}

// Connects a session to its wire for the length of a call. Errors of other connections of the thread must not be
// taken for its own (SSL_get_error(3)).
class Attached {
 public:
  Attached(SSL* ssl, std::span<const char> in, std::string& out) : bio_(SSL_get_rbio(ssl)), wire_{in, &out} {
    BIO_set_data(bio_, &wire_);
    ERR_clear_error();
  }
  ~Attached() { BIO_set_data(bio_, nullptr); }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

  bool read_all() const { return wire_.in.empty(); }

 private:
  BIO* bio_;
  Wire wire_;
};

// The end of a step that did not succeed: nothing when it only wants more.
void take_error(SSL* ssl, int result, TlsEngine::Received& progress) {
  switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ:
      return;
    case SSL_ERROR_ZERO_RETURN:
      progress.ended = true;
      return;
    default:
      progress.fault = tls_fault_of(ERR_peek_error());
  }
}

}  // namespace

TlsEngine::TlsEngine(SSL* session) noexcept : ssl_(session) {
  BIO* bio = BIO_new(wire_method());
  base::check(bio != nullptr, "OpenSSL makes a BIO");
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
}

TlsEngine::~TlsEngine() {
  SSL_free(ssl_);
}

TlsEngine& TlsEngine::operator=(TlsEngine&& other) noexcept {
  std::swap(ssl_, other.ssl_);
  return *this;
}

TlsEngine::Received TlsEngine::receive(std::span<const char> ciphertext, std::span<char> plain, std::string& out) {
  base::check(plain.size() >= ciphertext.size() + kMaxRecordBytes, "there is room for all that can be decrypted");
  Received progress;
  const Attached attached(ssl_, ciphertext, out);
  if (!SSL_is_init_finished(ssl_)) {
    const int result = SSL_do_handshake(ssl_);
    if (result != 1) {
      take_error(ssl_, result, progress);
      return progress;
    }
  }
  for (;;) {
    std::size_t got = 0;
    const std::span<char> rest = plain.subspan(progress.plain_bytes);
    const int result = SSL_read_ex(ssl_, rest.data(), rest.size(), &got);
    progress.plain_bytes += got;
    if (result == 1) continue;
    take_error(ssl_, result, progress);
    return progress;
  }
}

bool TlsEngine::established() const {
  return ssl_ != nullptr && SSL_is_init_finished(ssl_) == 1;
}

bool TlsEngine::resumed() const {
  return SSL_session_reused(ssl_) == 1;
}

bool TlsEngine::send(std::span<const char> plain, std::string& out) {
  const Attached attached(ssl_, {}, out);
  while (!plain.empty()) {
    std::size_t taken = 0;
    if (SSL_write_ex(ssl_, plain.data(), plain.size(), &taken) != 1) return false;
    plain = plain.subspan(taken);
  }
  return true;
}

void TlsEngine::finish(std::string& out) {
  const Attached attached(ssl_, {}, out);
  if (established()) SSL_shutdown(ssl_);
}

}  // namespace wsf::net
