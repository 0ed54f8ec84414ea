#pragma once
// TLS as a client speaks it (1.2 and 1.3; RFC 8446, RFC 5246): whom it trusts and who it is. Immutable, shared by any
// number of connections of any threads.

#include "base/result.hpp"

#include <memory>
#include <string>

struct ssl_st;      // OpenSSL's SSL
struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace wsf::net {

struct TlsFiles {
  std::string ca{};       // authorities to trust in place of the system's; PEM
  std::string cert{};     // our own certificate with its chain, for servers that want one; PEM
  std::string key{};      // its key; "": in the same file
  bool insecure = false;  // any certificate will do: for trying out
};

class ClientTls {
 public:
  // Reads the files. The error begins with the path of the one that is wrong.
  static base::Result<std::shared_ptr<const ClientTls>> read(const TlsFiles& files);
  ~ClientTls();
  ClientTls(const ClientTls&) = delete;
  ClientTls& operator=(const ClientTls&) = delete;

  // For a connection to `host`, a name or an address: names it (SNI, RFC 6066 section 3) and takes no certificate
  // that is not for it. The caller owns it.
  ssl_st* new_session(const std::string& host) const;

 private:
  ClientTls(ssl_ctx_st* context, bool insecure) : context_(context), insecure_(insecure) {}
  ssl_ctx_st* context_;
  bool insecure_;
};

}  // namespace wsf::net
