#pragma once
// Somebody who signs tokens, with a key made for the occasion, in whatever form a test wants them.

#include <string>
#include <string_view>

namespace wsf::auth {

class Signer {
 public:
  // kty, crv, alg and the like, as members of a JWK: R"("kty":"EC","crv":"P-256")"
  explicit Signer(std::string_view kind);

  // The header's members without the braces: R"("alg":"ES256")"
  std::string token(std::string_view header, std::string_view claims) const;
  std::string public_jwk() const;
  std::string private_jwk() const { return jwk_; }
  std::string public_pem() const;
  std::string private_pem() const;

 private:
  std::string jwk_;
};

std::string base64url(std::string_view bytes);
// The compact form with any bytes as its signature.
std::string compact(std::string_view header_json, std::string_view claims, std::string_view signature);
// Signed by HMAC-SHA-256 whatever the header says.
std::string hmac_token(std::string_view header_json, std::string_view claims, std::string_view secret);

}  // namespace wsf::auth
