// Tokens as an attacker makes them (RFC 8725 section 2). Each is refused, and for the right reason.

#include "auth/gate.hpp"
#include "signer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wsf::auth {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;
constexpr std::string_view kClaims = R"({"sub":"ada","exp":1700000060})";
constexpr std::string_view kAdmin = R"({"sub":"admin","exp":1700000060})";

std::string outcome(const KeySet& keys, const std::string& token) {
  const auto result = Gate(keys, {}, {}).admit({Credential::Kind::token, token}, kNow);
  return std::holds_alternative<Grant>(result) ? "granted" : std::string(name(std::get<Refusal>(result)));
}

class Forgeries : public testing::Test {
 protected:
  Signer rsa{R"("kty":"RSA","bits":2048)"};
  Signer ec{R"("kty":"EC","crv":"P-256")"};
  KeySet secret = KeySet::from_secret("dev-secret").value();
  KeySet rsa_keys = KeySet::from_pem(rsa.public_pem()).value();
  KeySet ec_keys = KeySet::from_jwks(ec.public_jwk(), false).value();
};

TEST_F(Forgeries, without_a_signature) {
  for (const char* algorithm : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string header = R"({"alg":")" + std::string(algorithm) + R"("})";
    for (const KeySet& keys : {secret, rsa_keys, ec_keys}) {
      EXPECT_EQ(outcome(keys, compact(header, kAdmin, "")), "unsupported") << algorithm;
    }
  }
  EXPECT_EQ(outcome(secret, compact(R"({"alg":"HS256"})", kAdmin, "")), "bad_signature");
  EXPECT_EQ(outcome(rsa_keys, compact(R"({"alg":"RS256"})", kAdmin, "")), "bad_signature");
  EXPECT_EQ(outcome(ec_keys, compact(R"({"alg":"ES256"})", kAdmin, "")), "bad_signature");
}

TEST_F(Forgeries, with_the_public_key_as_a_secret) {
  const std::string header = R"({"alg":"HS256"})";
  EXPECT_EQ(outcome(rsa_keys, hmac_token(header, kAdmin, rsa.public_pem())), "unsupported");
  EXPECT_EQ(outcome(rsa_keys, hmac_token(header, kAdmin, rsa.public_jwk())), "unsupported");
  EXPECT_EQ(outcome(ec_keys, hmac_token(header, kAdmin, ec.public_jwk())), "unsupported");
}

TEST_F(Forgeries, with_a_key_of_the_attackers_own) {
  const Signer own(R"("kty":"EC","crv":"P-256")");
  EXPECT_EQ(outcome(ec_keys, own.token(R"("alg":"ES256","jwk":)" + own.public_jwk(), kAdmin)), "unsupported");
  EXPECT_EQ(outcome(ec_keys, own.token(R"("alg":"ES256","jku":"https://attacker.example/k")", kAdmin)),
            "unsupported");
  EXPECT_EQ(outcome(ec_keys, own.token(R"("alg":"ES256","x5u":"https://attacker.example/k")", kAdmin)),
            "unsupported");
  EXPECT_EQ(outcome(ec_keys, own.token(R"("alg":"ES256","kid":"../../../dev/null")", kAdmin)), "bad_signature");
  EXPECT_EQ(outcome(secret, hmac_token(R"({"alg":"HS256","kid":"/dev/null"})", kAdmin, "")), "bad_signature");
}

TEST_F(Forgeries, with_a_key_of_another_kind) {
  const Signer wide(R"("kty":"EC","crv":"P-384")");
  EXPECT_EQ(outcome(ec_keys, wide.token(R"("alg":"ES384")", kAdmin)), "unsupported");
  EXPECT_EQ(outcome(ec_keys, rsa.token(R"("alg":"RS256")", kAdmin)), "unsupported");
  EXPECT_EQ(outcome(rsa_keys, ec.token(R"("alg":"ES256")", kAdmin)), "unsupported");
}

TEST_F(Forgeries, with_an_empty_elliptic_signature) {
  EXPECT_EQ(outcome(ec_keys, compact(R"({"alg":"ES256"})", kAdmin, std::string(64, '\0'))), "bad_signature");
  EXPECT_EQ(outcome(ec_keys, compact(R"({"alg":"ES256"})", kAdmin, std::string(96, '\0'))), "bad_signature");
  EXPECT_EQ(
      outcome(ec_keys, compact(R"({"alg":"ES256"})", kAdmin, std::string("\x30\x06\x02\x01\x01\x02\x01\x01", 8))),
      "bad_signature");
}

TEST_F(Forgeries, with_the_signature_of_another_token) {
  const std::string good = ec.token(R"("alg":"ES256")", kClaims);
  const std::string signature = good.substr(good.rfind('.'));
  const std::string other = compact(R"({"alg":"ES256"})", kAdmin, "");
  EXPECT_EQ(outcome(ec_keys, good), "granted");
  EXPECT_EQ(outcome(ec_keys, other.substr(0, other.rfind('.')) + signature), "bad_signature");
}

TEST_F(Forgeries, with_one_bit_changed_anywhere) {
  const std::string good = hmac_token(R"({"alg":"HS256"})", kClaims, "dev-secret");
  ASSERT_EQ(outcome(secret, good), "granted");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(outcome(secret, bad), "granted") << i;
  }
}

TEST_F(Forgeries, that_promise_what_they_do_not_keep) {
  EXPECT_EQ(outcome(secret, hmac_token(R"({"alg":"HS256","crit":["exp"]})", kClaims, "dev-secret")), "unsupported");
  EXPECT_EQ(outcome(secret, hmac_token(R"({"alg":"HS256","crit":["b64"],"b64":false})", kClaims, "dev-secret")),
            "unsupported");
  EXPECT_EQ(outcome(secret, hmac_token(R"({"alg":"HS256","zip":"DEF"})", kClaims, "dev-secret")), "unsupported");
  EXPECT_EQ(outcome(secret, hmac_token(R"({"alg":"HS256","alg":"none"})", kClaims, "dev-secret")), "unsupported");
}

TEST_F(Forgeries, that_live_for_ever) {
  EXPECT_EQ(outcome(secret, hmac_token(R"({"alg":"HS256"})", R"({"sub":"ada"})", "dev-secret")), "no_expiry");
  EXPECT_EQ(outcome(secret, hmac_token(R"({"alg":"HS256"})", R"({"sub":"ada","exp":1e308})", "dev-secret")),
            "bad_claims");
  EXPECT_EQ(outcome(secret, hmac_token(R"({"alg":"HS256"})", R"({"sub":"ada","exp":"2100"})", "dev-secret")),
            "bad_claims");
}

}  // namespace
}  // namespace wsf::auth
