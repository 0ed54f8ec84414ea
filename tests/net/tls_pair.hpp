#pragma once
// Both ends of TLS for tests: an identity that a test's authority signed, and clients that trust it.

#include "fakes/scratch_folder.hpp"
#include "fakes/test_certificates.hpp"
#include "net/client_tls.hpp"
#include "net/server_tls.hpp"
#include "net/tls_engine.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wsf::net {

class TlsPair {
 public:
  explicit TlsPair(ClientAuth client_auth = ClientAuth::off) {
    const auto identity = authority.sign();
    write_file(folder.file("server.pem"), identity.certificate + identity.key);
    write_file(folder.file("ca.pem"), authority.certificate());
    server = ServerTls::read(
                 {.cert = folder.file("server.pem"), .client_ca = folder.file("ca.pem"), .client_auth = client_auth})
                 .value();
    client = ClientTls::read({.ca = folder.file("ca.pem")}).value();
  }

  // A client that shows a certificate of this authority, or another's.
  std::shared_ptr<const ClientTls> client_with(const TestAuthority& signer) {
    const auto identity = signer.sign();
    write_file(folder.file("client.pem"), identity.certificate + identity.key);
    return ClientTls::read({.ca = folder.file("ca.pem"), .cert = folder.file("client.pem")}).value();
  }

  ScratchFolder folder;
  TestAuthority authority;
  std::shared_ptr<const ServerTls> server;
  std::shared_ptr<const ClientTls> client;
};

// One end, with what it has to say and what it has heard.
class TlsEnd {
 public:
  explicit TlsEnd(ssl_st* session) : ssl(session), engine(session) {}

  void hear(std::string_view ciphertext) {
    std::vector<char> plain(ciphertext.size() + TlsEngine::kMaxRecordBytes);
    const auto progress = engine.receive({ciphertext.data(), ciphertext.size()}, plain, out);
    heard.append(plain.data(), progress.plain_bytes);
    ended = ended || progress.ended;
    if (progress.fault) fault = progress.fault;
  }
  void begin() { hear({}); }
  bool say(std::string_view plain) { return engine.send({plain.data(), plain.size()}, out); }
  std::string take_out() { return std::exchange(out, {}); }
  std::string take_heard() { return std::exchange(heard, {}); }

  ssl_st* ssl;  // the engine's
  TlsEngine engine;
  std::string out, heard;
  bool ended = false;
  std::optional<TlsFault> fault;
};

// Carries what both say, in pieces of `bytes` at most, until neither says more.
inline void converse(TlsEnd& one, TlsEnd& other, std::size_t bytes = SIZE_MAX) {
  const auto carry = [bytes](TlsEnd& from, TlsEnd& to) {
    const std::string all = from.take_out();
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t size = std::min(bytes, all.size() - at);
      to.hear(std::string_view(all).substr(at, size));
      at += size;
    }
    return !all.empty();
  };
  for (bool said = true; said;) {
    said = carry(one, other);
    said = carry(other, one) || said;
  }
}

}  // namespace wsf::net
