#pragma once
// TLS as a server speaks it (1.2 and 1.3; RFC 8446, RFC 5246): who it is and whose certificates it takes. Immutable,
// shared by all shards; replaced as a whole, while connections that began with an older one keep it.

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>

struct ssl_st;      // OpenSSL's SSL
struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace wsf::net {

enum class ClientAuth { off, optional, required };  // of certificates that clients bring

struct ServerTlsFiles {
  std::string cert{};       // the own certificate with its chain; PEM
  std::string key{};        // its key; "": in the same file
  std::string client_ca{};  // authorities whose clients are taken; PEM
  ClientAuth client_auth = ClientAuth::off;

  bool any() const { return !cert.empty(); }
};

class ServerTls {
 public:
  // Reads the files. The error begins with the path of the one that is wrong.
  static base::Result<std::shared_ptr<const ServerTls>> read(const ServerTlsFiles& files);
  ~ServerTls();
  ServerTls(const ServerTls&) = delete;
  ServerTls& operator=(const ServerTls&) = delete;

  ssl_st* new_session() const;  // the caller owns it

  std::string names() const;               // of the certificate: "prices.example, 203.0.113.7"
  std::int64_t certificate_end_s() const;  // seconds since 1970

 private:
  explicit ServerTls(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace wsf::net
