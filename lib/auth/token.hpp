#pragma once
// A token in the compact form (RFC 7515 section 3.1), taken apart and not yet believed. Pure functions.

#include "auth/refusal.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace wsf::auth {

inline constexpr std::size_t kMaxTokenBytes = 8 * 1024;

struct Token {
  std::string_view header, payload, signature;  // in base64url, as they stand in the token's text
  std::string algorithm;                        // alg
  std::optional<std::string> key_id;            // kid
  std::string claims;                           // the payload's JSON text
};

// Without padding (RFC 7515 section 2). std::nullopt: no base64url.
std::optional<std::string> from_base64url(std::string_view text);

// The views point into `text`. A header that names a place to fetch keys from, brings a key, or asks for extensions
// (jku, x5u, jwk, crit, b64, zip) is refused: our keys are our own.
std::variant<Token, Refusal> take_apart(std::string_view text);

}  // namespace wsf::auth
