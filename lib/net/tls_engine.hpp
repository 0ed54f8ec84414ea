#pragma once
// TLS of one connection without a socket: ciphertext in, plaintext out, and the other way round. What has to be sent
// is appended to a buffer of the caller's. Nothing is kept decrypted inside, and no ciphertext is kept but the begin
// of a record that is not complete. Used by one thread at a time.

#include "net/tls_fault.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

struct ssl_st;  // OpenSSL's SSL

namespace wsf::net {

class TlsEngine {
 public:
  static constexpr std::size_t kMaxPlainBytes = 16 * 1024;  // of one record (RFC 8446 section 5.1)
  static constexpr std::size_t kMaxRecordBytes = kMaxPlainBytes + 5 + 256 + 1;  // as it is sent (section 5.2)

  TlsEngine() = default;                         // holds no connection
  explicit TlsEngine(ssl_st* session) noexcept;  // takes it over; its role was set
  ~TlsEngine();
  TlsEngine(TlsEngine&& other) noexcept : ssl_(other.ssl_) { other.ssl_ = nullptr; }
  TlsEngine& operator=(TlsEngine&& other) noexcept;

  explicit operator bool() const { return ssl_ != nullptr; }

  struct Received {
    std::size_t plain_bytes = 0;
    bool ended = false;               // the peer has said goodbye (close_notify): no more plaintext comes
    std::optional<TlsFault> fault{};  // the connection is of no use any more; what `out` got is its last word
  };
  // Takes all of `ciphertext`, which may be empty to begin a client's handshake. `plain` needs room for as much, and
  // kMaxRecordBytes.
  Received receive(std::span<const char> ciphertext, std::span<char> plain, std::string& out);

  bool established() const;  // the handshake is over; for as long as a key update takes it seems not to be
  bool resumed() const;      // it was a short one, by a ticket

  // Only once established. Takes all, or answers false: the connection is of no use any more (the peer can bring that
  // about, by half a message of a key update).
  bool send(std::span<const char> plain, std::string& out);
  // Says goodbye (close_notify). The peer may still send.
  void finish(std::string& out);

 private:
  ssl_st* ssl_ = nullptr;
};

}  // namespace wsf::net
