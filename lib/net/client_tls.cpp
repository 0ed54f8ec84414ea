#include "net/client_tls.hpp"

#include "base/check.hpp"
#include "net/pem_files.hpp"

#include <arpa/inet.h>

#include <utility>

namespace wsf::net {
namespace {

bool is_address(const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

base::Result<std::shared_ptr<const ClientTls>> ClientTls::read(const TlsFiles& files) {
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  base::check(context != nullptr, "OpenSSL makes a context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  if (!files.insecure) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (files.ca.empty()) {
      SSL_CTX_set_default_verify_paths(context.get());
    } else if (auto fault = trust(context.get(), files.ca)) {
      return *fault;
    }
  }
  if (!files.cert.empty()) {
    if (auto fault = use_certificate(context.get(), files.cert, files.key)) return *fault;
  }
  return std::shared_ptr<const ClientTls>(new ClientTls(context.release(), files.insecure));
}

ClientTls::~ClientTls() {
  SSL_CTX_free(context_);
}

SSL* ClientTls::new_session(const std::string& host) const {
  SslPtr ssl(SSL_new(context_));
  base::check(ssl != nullptr, "OpenSSL makes a session");
  SSL_set_connect_state(ssl.get());
  const bool address = is_address(host);
  if (!address) SSL_set_tlsext_host_name(ssl.get(), host.c_str());
  if (insecure_) return ssl.release();
  const bool named = address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str()) == 1
                             : SSL_set1_host(ssl.get(), host.c_str()) == 1;
  base::check(named, "a host can be asked for");
  return ssl.release();
}

}  // namespace wsf::net
