#include "net/server_tls.hpp"

#include "base/check.hpp"
#include "net/certificate.hpp"
#include "net/pem_files.hpp"

#include <cstring>
#include <utility>

namespace wsf::net {
namespace {

// Forward secrecy and authenticated encryption alone; those of TLS 1.3 all have both.
constexpr const char* kCiphers12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr unsigned char kHttp11[] = "\x08http/1.1";  // as ALPN writes it (RFC 7301 section 3.1)

// Who offers protocols without HTTP/1.1 would not understand us: it is told so, as the RFC asks.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_bytes, void*) {
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kHttp11, sizeof kHttp11 - 1, offered, offered_bytes) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

int verify_mode(ClientAuth auth) {
  switch (auth) {
    case ClientAuth::off:
      return SSL_VERIFY_NONE;
    case ClientAuth::optional:
      return SSL_VERIFY_PEER;
    case ClientAuth::required:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_NONE;
}

// Sessions are kept by the clients, in tickets: no table of them that shards would share. The tickets' keys are the
// context's own, so that after a change of the authorities nobody resumes what the old ones allowed.
void configure(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  base::check(SSL_CTX_set_cipher_list(context, kCiphers12) == 1, "OpenSSL knows our ciphers");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_session_id_context(context, kHttp11, sizeof kHttp11 - 1);
  SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
}

}  // namespace

base::Result<std::shared_ptr<const ServerTls>> ServerTls::read(const ServerTlsFiles& files) {
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  base::check(context != nullptr, "OpenSSL makes a context");
  configure(context.get());
  if (auto fault = use_certificate(context.get(), files.cert, files.key)) return *fault;
  if (files.client_auth != ClientAuth::off) {
    if (auto fault = trust(context.get(), files.client_ca)) return *fault;
    SSL_CTX_set_verify(context.get(), verify_mode(files.client_auth), nullptr);
  }
  return std::shared_ptr<const ServerTls>(new ServerTls(context.release()));
}

ServerTls::~ServerTls() {
  SSL_CTX_free(context_);
}

SSL* ServerTls::new_session() const {
  SSL* ssl = SSL_new(context_);
  base::check(ssl != nullptr, "OpenSSL makes a session");
  SSL_set_accept_state(ssl);
  return ssl;
}

std::string ServerTls::names() const {
  return names_of(SSL_CTX_get0_certificate(context_));
}

std::int64_t ServerTls::certificate_end_s() const {
  return end_s(SSL_CTX_get0_certificate(context_));
}

}  // namespace wsf::net
