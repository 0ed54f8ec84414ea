#pragma once
// Keys that tokens are signed with. Each is for certain algorithms, whatever a token's header says (RFC 8725 section
// 3.1): an RSA key never verifies an HMAC, a P-256 key nothing but ES256.
//
// The cryptography is libjose's and OpenSSL's; EdDSA is none of libjose 11's algorithms. Immutable once made; any
// thread.

#include "auth/refusal.hpp"
#include "auth/token.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::auth {

class KeySet {
 public:
  static constexpr std::size_t kMaxKeys = 64;
  static constexpr std::size_t kStrongSecretBytes = 32;  // RFC 7518 section 3.2, for HS256
  static constexpr std::size_t kMaxSecretBytes = 1024;
  static constexpr std::size_t kMaxTextBytes = 256 * 1024;

  // A secret for HS256, HS384 and HS512, or for the one of them that is named.
  static base::Result<KeySet> from_secret(std::string_view secret, std::string_view algorithm = "");
  // Public keys and certificates (RSA, EC), one after the other. A private key is refused: it has no business here.
  static base::Result<KeySet> from_pem(std::string_view pem);
  // A JWK set (RFC 7517 section 5) or a single JWK. Keys that are not for signatures, or not of our kinds, are left
  // out; none left is an error. `secrets`: whether kty "oct" is meant seriously; what comes from a URL is no secret.
  static base::Result<KeySet> from_jwks(std::string_view json, bool secrets);

  void add(const KeySet& other);

  std::size_t size() const { return keys_.size(); }
  bool empty() const { return keys_.empty(); }
  bool has_weak_secret() const;  // of less than kStrongSecretBytes

  // std::nullopt: the signature is good. Constant-time where it has to be.
  std::optional<Refusal> verify(const Token& token) const;

 private:
  struct Key;
  std::vector<std::shared_ptr<const Key>> keys_;
};

// A token over `claims` (a JSON object's text), signed by HS256, HS384 or HS512.
base::Result<std::string> sign(std::string_view claims, std::string_view secret,
                               std::string_view algorithm = "HS256");

}  // namespace wsf::auth
