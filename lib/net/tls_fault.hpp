#pragma once
// What went wrong with TLS, in words. Pure, apart from OpenSSL's queue of errors of the calling thread.

#include <boost/system/error_code.hpp>

#include <optional>
#include <string>

struct ssl_st;             // OpenSSL's SSL
struct x509_store_ctx_st;  // OpenSSL's X509_STORE_CTX

namespace wsf::net {

struct TlsFault {
  enum class Kind {
    expired,              // the peer's certificate
    not_yet_valid,        // the same; or this machine's clock is wrong
    other_host,           // it is for another name
    unknown_authority,    // it is signed by nobody who is trusted here, or by itself
    bad_certificate,      // anything else about it
    certificate_wanted,   // the peer wants one of us
    certificate_refused,  // it does not take ours
    not_tls,              // the peer speaks something else
    no_common_version,    // of TLS, or no common cipher
    ended,                // the peer ended the connection in the midst of it
    other,
  };
  Kind kind = Kind::other;
  std::string what{};  // "its certificate has expired on 2026-11-01": a clause about the peer
};

// Has the verification of `ssl`'s peer note in `fault`, which must outlive it, what is wrong with the certificate:
// after the handshake has failed nobody can see the certificate any more.
void note_certificate_faults(ssl_st* ssl, TlsFault& fault);

// An error of an operation on a stream, where it is TLS's: std::nullopt when it is the network's. In TLS 1.3 the
// peer's refusal of our certificate comes with the first read (RFC 8446 section 4.4.2.4).
std::optional<TlsFault> tls_fault(const boost::system::error_code& ec);

// The same of OpenSSL's error code, as of ERR_get_error().
TlsFault tls_fault_of(unsigned long openssl_error);

}  // namespace wsf::net
