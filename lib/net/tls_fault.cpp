#include "net/tls_fault.hpp"

#include "net/certificate.hpp"
#include "net/openssl.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <cctype>

namespace wsf::net {
namespace {

using Kind = TlsFault::Kind;

int fault_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// "its certificate" where it is the peer's own, which stands at depth 0.
TlsFault certificate_fault(X509_STORE_CTX* context) {
  const int error = X509_STORE_CTX_get_error(context);
  const X509* certificate = X509_STORE_CTX_get_current_cert(context);
  const std::string whose =
      X509_STORE_CTX_get_error_depth(context) == 0 ? "its certificate" : "a certificate of its authority";
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {Kind::expired, fmt::format("{} has expired on {}", whose, end_date(certificate))};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {Kind::not_yet_valid, fmt::format("{} is not valid before {}", whose, begin_date(certificate))};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {Kind::other_host, fmt::format("its certificate is for another host: {}", names_of(certificate))};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return {Kind::unknown_authority, "its certificate is signed by itself, and not trusted here"};
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return {Kind::unknown_authority, "its certificate is signed by an authority that is not trusted here"};
    default:
      return {Kind::bad_certificate, fmt::format("{} is not good: {}", whose, X509_verify_cert_error_string(error))};
  }
}

// The first fault is told: those after it follow from it.
int on_verified(int ok, X509_STORE_CTX* context) {
  if (ok == 1) return 1;
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* fault = static_cast<TlsFault*>(SSL_get_ex_data(ssl, fault_index()));
  if (fault != nullptr && fault->what.empty()) *fault = certificate_fault(context);
  return 0;
}

}  // namespace

void note_certificate_faults(SSL* ssl, TlsFault& fault) {
  if (SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE) return;
  SSL_set_ex_data(ssl, fault_index(), &fault);
  SSL_set_verify(ssl, SSL_VERIFY_PEER, &on_verified);
}

TlsFault tls_fault_of(unsigned long openssl_error) {
  switch (ERR_GET_REASON(openssl_error)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_UNEXPECTED_MESSAGE:
    case SSL_R_RECORD_LENGTH_MISMATCH:
      return {Kind::not_tls, "it does not speak TLS"};
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return {Kind::certificate_wanted, "it wants a client certificate"};
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
      return {Kind::certificate_wanted,
              "it refuses the handshake: no cipher in common, or it wants a client certificate"};
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
      return {Kind::certificate_refused,
              fmt::format("it does not take our certificate: {}", ERR_reason_error_string(openssl_error))};
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_VERSION_TOO_LOW:
      return {Kind::no_common_version, "it shares no version of TLS with us (1.2 and 1.3 are spoken here)"};
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return {Kind::ended, "it ended the connection during the TLS handshake"};
    default: {
      const char* reason = ERR_reason_error_string(openssl_error);
      return {Kind::other, fmt::format("TLS failed: {}", reason != nullptr ? reason : "unknown error")};
    }
  }
}

std::optional<TlsFault> tls_fault(const boost::system::error_code& ec) {
  if (ec == boost::asio::ssl::error::stream_truncated) {
    return TlsFault{Kind::ended, "it ended the connection during the TLS handshake"};
  }
  if (ec.category() != boost::asio::error::get_ssl_category()) return std::nullopt;
  return tls_fault_of(static_cast<unsigned long>(static_cast<unsigned>(ec.value())));
}

}  // namespace wsf::net
