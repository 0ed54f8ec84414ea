#include "auth/key_set.hpp"

#include "auth/gate.hpp"
#include "signer.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace wsf::auth {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;
constexpr std::string_view kClaims = R"({"sub":"ada","exp":1700000060})";

std::string outcome(const KeySet& keys, const std::string& token) {
  const auto result = Gate(keys, {}, {}).admit({Credential::Kind::token, token}, kNow);
  return std::holds_alternative<Grant>(result) ? std::get<Grant>(result).user
                                               : std::string(name(std::get<Refusal>(result)));
}

KeySet secret(std::string_view text, std::string_view algorithm = "") {
  return KeySet::from_secret(text, algorithm).value();
}

// RFC 7515 appendix A.1
TEST(KeySet, verifies_the_example_of_the_standard) {
  const std::string jwk =
      R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const KeySet keys = KeySet::from_jwks(jwk, true).value();
  const auto parsed = take_apart(token);
  EXPECT_EQ(keys.verify(std::get<Token>(parsed)), std::nullopt);
}

TEST(KeySet, a_secret_may_be_shorter_than_the_hash_and_is_called_weak) {
  const KeySet keys = secret("dev-secret");
  EXPECT_TRUE(keys.has_weak_secret());
  EXPECT_EQ(outcome(keys, hmac_token(R"({"alg":"HS256"})", kClaims, "dev-secret")), "ada");
  EXPECT_EQ(outcome(keys, hmac_token(R"({"alg":"HS256"})", kClaims, "dev-secreT")), "bad_signature");
  EXPECT_FALSE(secret(std::string(32, 'x')).has_weak_secret());
}

TEST(KeySet, a_long_secret_verifies_as_well) {
  const std::string text(900, 'k');
  EXPECT_EQ(outcome(secret(text), hmac_token(R"({"alg":"HS256"})", kClaims, text)), "ada");
  EXPECT_TRUE(KeySet::from_secret(std::string(1025, 'k')).has_error());
  EXPECT_TRUE(KeySet::from_secret("").has_error());
}

TEST(KeySet, a_secret_may_be_bound_to_one_algorithm) {
  for (const char* algorithm : {"HS256", "HS384", "HS512"}) {
    const std::string token = sign(kClaims, "dev-secret", algorithm).value();
    EXPECT_EQ(outcome(secret("dev-secret"), token), "ada") << algorithm;
    EXPECT_EQ(outcome(secret("dev-secret", algorithm), token), "ada") << algorithm;
  }
  EXPECT_EQ(outcome(secret("dev-secret", "HS512"), sign(kClaims, "dev-secret", "HS256").value()), "unsupported");
  EXPECT_TRUE(KeySet::from_secret("dev-secret", "RS256").has_error());
  EXPECT_TRUE(KeySet::from_secret("dev-secret", "none").has_error());
}

struct Kind {
  const char* jwk;
  const char* algorithm;
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.algorithm;
}

class EveryKind : public testing::TestWithParam<Kind> {};

TEST_P(EveryKind, verifies_from_a_jwk_and_from_pem) {
  const Signer signer(GetParam().jwk);
  const std::string token = signer.token(R"("alg":")" + std::string(GetParam().algorithm) + '"', kClaims);
  EXPECT_EQ(outcome(KeySet::from_jwks(signer.public_jwk(), false).value(), token), "ada");
  EXPECT_EQ(outcome(KeySet::from_pem(signer.public_pem()).value(), token), "ada");
}

TEST_P(EveryKind, another_key_of_the_kind_does_not) {
  const std::string token =
      Signer(GetParam().jwk).token(R"("alg":")" + std::string(GetParam().algorithm) + '"', kClaims);
  EXPECT_EQ(outcome(KeySet::from_jwks(Signer(GetParam().jwk).public_jwk(), false).value(), token), "bad_signature");
}

INSTANTIATE_TEST_SUITE_P(KeySet, EveryKind,
                         testing::Values(Kind{R"("kty":"RSA","bits":2048)", "RS256"},
                                         Kind{R"("kty":"RSA","bits":2048)", "PS384"},
                                         Kind{R"("kty":"EC","crv":"P-256")", "ES256"},
                                         Kind{R"("kty":"EC","crv":"P-384")", "ES384"},
                                         Kind{R"("kty":"EC","crv":"P-521")", "ES512"}),
                         [](const auto& info) { return std::string(info.param.algorithm); });

TEST(KeySet, a_token_that_names_a_key_is_for_that_key) {
  const Signer one(R"("kty":"EC","crv":"P-256","kid":"one")"), two(R"("kty":"EC","crv":"P-256","kid":"two")");
  const KeySet keys =
      KeySet::from_jwks(R"({"keys":[)" + one.public_jwk() + "," + two.public_jwk() + "]}", false).value();
  EXPECT_EQ(outcome(keys, two.token(R"("alg":"ES256","kid":"two")", kClaims)), "ada");
  EXPECT_EQ(outcome(keys, two.token(R"("alg":"ES256","kid":"one")", kClaims)), "bad_signature");
  EXPECT_EQ(outcome(keys, two.token(R"("alg":"ES256","kid":"three")", kClaims)), "unknown_key");
  EXPECT_EQ(outcome(keys, two.token(R"("alg":"ES256")", kClaims)), "ada");
}

TEST(KeySet, of_several_sources_each_keeps_to_its_own) {
  const Signer signer(R"("kty":"EC","crv":"P-256")");
  KeySet keys = secret("dev-secret");
  keys.add(KeySet::from_pem(signer.public_pem()).value());
  EXPECT_EQ(outcome(keys, hmac_token(R"({"alg":"HS256","kid":"any"})", kClaims, "dev-secret")), "ada");
  EXPECT_EQ(outcome(keys, signer.token(R"("alg":"ES256")", kClaims)), "ada");
}

TEST(KeySet, leaves_out_keys_that_are_not_for_signatures) {
  const Signer good(R"("kty":"EC","crv":"P-256")"), sealed(R"("kty":"EC","crv":"P-256","use":"enc")");
  const auto set = [](const std::string& keys) { return R"({"keys":[)" + keys + "]}"; };
  const std::string foreign = R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
  EXPECT_EQ(
      KeySet::from_jwks(set(good.public_jwk() + "," + sealed.public_jwk() + "," + foreign), false).value().size(),
      1u);
  EXPECT_TRUE(KeySet::from_jwks(set(sealed.public_jwk()), false).has_error());
  EXPECT_TRUE(KeySet::from_jwks(set(foreign), false).has_error());
}

TEST(KeySet, what_comes_from_a_url_is_no_secret) {
  const std::string jwk = R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8"})";
  EXPECT_TRUE(KeySet::from_jwks(jwk, false).has_error());
  EXPECT_FALSE(KeySet::from_jwks(jwk, true).has_error());
}

TEST(KeySet, what_is_no_key_is_refused_with_a_reason) {
  for (const char* text : {"", "[]", "{}", "nonsense", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[1]})",
                           R"({"kty":"RSA"})", R"({"kty":"EC","crv":"P-256","kty":"oct","k":"AAAA"})"}) {
    const auto result = KeySet::from_jwks(text, true);
    EXPECT_TRUE(result.has_error() || !result->empty()) << text;
  }
  EXPECT_TRUE(KeySet::from_jwks("{}", true).has_error());
  EXPECT_TRUE(KeySet::from_pem("nonsense").has_error());
}

TEST(KeySet, a_private_key_has_no_business_here) {
  const Signer signer(R"("kty":"EC","crv":"P-256")");
  const auto result = KeySet::from_pem(signer.private_pem());
  ASSERT_TRUE(result.has_error());
  EXPECT_NE(result.error().message.find("private"), std::string::npos);
}

}  // namespace
}  // namespace wsf::auth
