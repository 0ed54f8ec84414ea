#include "auth/credential.hpp"

#include "signer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wsf::auth {
namespace {

std::string found(const Offered& offered) {
  const auto result = find_credential(offered);
  if (const auto* refusal = std::get_if<Refusal>(&result)) return std::string(name(*refusal));
  const auto& credential = std::get<Credential>(result);
  return (credential.kind == Credential::Kind::token ? "token " : "key ") + credential.text;
}

TEST(Credential, stands_in_the_authorization_header_with_or_without_its_scheme) {
  EXPECT_EQ(found({.authorization = "Bearer a.b.c"}), "token a.b.c");
  EXPECT_EQ(found({.authorization = "bearer   a.b.c "}), "token a.b.c");
  EXPECT_EQ(found({.authorization = "a.b.c"}), "token a.b.c");
}

TEST(Credential, stands_in_the_query) {
  EXPECT_EQ(found({.token_parameters = {"a.b.c"}}), "token a.b.c");
  EXPECT_EQ(found({.token_parameters = {"Bearer a.b.c"}}), "token a.b.c");
}

TEST(Credential, stands_among_the_subprotocols_as_it_is_or_in_base64url) {
  EXPECT_EQ(found({.subprotocols = "wsfanout.v1, base64url.bearer.authorization.a.b.c"}), "token a.b.c");
  EXPECT_EQ(found({.subprotocols = "base64url.bearer.authorization." + base64url("a.b.c") + ",x"}), "token a.b.c");
  EXPECT_EQ(found({.subprotocols = "wsfanout.v1"}), "missing");
}

TEST(Credential, may_be_an_api_key) {
  EXPECT_EQ(found({.api_key = "k"}), "key k");
}

TEST(Credential, of_which_there_are_two_that_differ_is_none) {
  EXPECT_EQ(found({.authorization = "a.b.c", .token_parameters = {"a.b.d"}}), "malformed");
  EXPECT_EQ(found({.token_parameters = {"a.b.c", "a.b.d"}}), "malformed");
  EXPECT_EQ(found({.authorization = "k", .api_key = "k"}), "malformed");
  EXPECT_EQ(found({.authorization = "a.b.c", .token_parameters = {"a.b.c"}}), "token a.b.c");
}

TEST(Credential, none) {
  EXPECT_EQ(found({}), "missing");
  EXPECT_EQ(found({.authorization = "Bearer "}), "token ");
}

}  // namespace
}  // namespace wsf::auth
