#include "auth/token.hpp"

#include "signer.hpp"

#include <gtest/gtest.h>

namespace wsf::auth {
namespace {

Refusal refusal_of(const std::string& text) {
  const auto result = take_apart(text);
  EXPECT_TRUE(std::holds_alternative<Refusal>(result)) << text;
  return std::holds_alternative<Refusal>(result) ? std::get<Refusal>(result) : Refusal::missing;
}

TEST(Token, is_taken_apart) {
  const std::string text = compact(R"({"alg":"HS256","kid":"k1"})", R"({"sub":"ada"})", "sig");
  const auto result = take_apart(text);
  ASSERT_TRUE(std::holds_alternative<Token>(result));
  const auto& token = std::get<Token>(result);
  EXPECT_EQ(token.algorithm, "HS256");
  EXPECT_EQ(token.key_id, "k1");
  EXPECT_EQ(token.claims, R"({"sub":"ada"})");
  EXPECT_EQ(std::string(token.header) + "." + std::string(token.payload) + "." + std::string(token.signature), text);
}

TEST(Token, needs_three_parts_in_base64url) {
  const std::string header = base64url(R"({"alg":"HS256"})"), claims = base64url("{}");
  for (const std::string& text :
       {std::string(), std::string("a"), header + "." + claims, header + "." + claims + ".a.b",
        header + "." + claims + ".a=", header + "." + claims + ".a+b/", header + " ." + claims + ".ab",
        header + "\n." + claims + ".ab", header + "=." + claims + ".ab"}) {
    EXPECT_EQ(refusal_of(text), Refusal::malformed) << text;
  }
}

TEST(Token, needs_a_header_that_is_an_object_with_an_alg) {
  for (const char* header :
       {"", "[]", "{}", R"({"alg":1})", R"({"alg":"HS256","kid":1})", R"({"alg":"HS256")", "\"HS256\""}) {
    EXPECT_EQ(refusal_of(compact(header, "{}", "sig")), Refusal::malformed) << header;
  }
  std::string deep(40, '[');
  deep = R"({"alg":"HS256","x":)" + deep + std::string(40, ']') + "}";
  EXPECT_EQ(refusal_of(compact(deep, "{}", "sig")), Refusal::malformed);
}

TEST(Token, is_no_longer_than_its_bound) {
  EXPECT_EQ(refusal_of(compact(R"({"alg":"HS256"})", std::string(kMaxTokenBytes, ' '), "sig")), Refusal::malformed);
}

TEST(Token, that_brings_its_own_key_or_asks_for_extensions_is_refused) {
  for (const char* member : {R"("jku":"https://x/k")", R"("x5u":"https://x/k")", R"("jwk":{"kty":"oct","k":"AA"})",
                             R"("crit":["exp"])", R"("b64":false)", R"("zip":"DEF")", R"("crit":[])"}) {
    EXPECT_EQ(refusal_of(compact(R"({"alg":"HS256",)" + std::string(member) + "}", "{}", "sig")),
              Refusal::unsupported);
  }
}

}  // namespace
}  // namespace wsf::auth
