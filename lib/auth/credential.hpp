#pragma once
// Where a client's credential stands in its request. Pure functions.

#include "auth/gate.hpp"
#include "auth/refusal.hpp"

#include <string_view>
#include <variant>
#include <vector>

namespace wsf::auth {

// What a request brings, each part as it came; empty: it has none.
struct Offered {
  std::string_view authorization{};                  // "Bearer TOKEN" (RFC 6750 section 2.1), or the token alone
  std::string_view api_key{};                        // X-Api-Key
  std::vector<std::string_view> token_parameters{};  // of the query, percent-decoded
  std::string_view subprotocols{};  // base64url.bearer.authorization.TOKEN, of a browser that cannot set headers
};

// The first of them in this order. One that is given twice, or in two ways that differ, is malformed.
std::variant<Credential, Refusal> find_credential(const Offered& offered);

}  // namespace wsf::auth
