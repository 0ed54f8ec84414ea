#pragma once
// The payload of a token, or the line of an API key, as JSON text in and a grant out. Pure functions.

#include "auth/grant.hpp"
#include "auth/refusal.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wsf::auth {

inline constexpr std::size_t kMaxJsonDepth = 8;  // of a header or a payload

// What is asked of a token's claims (RFC 7519 section 4.1).
struct ClaimRules {
  std::vector<std::string> issuers{};    // iss must be one of them; none: any, or no iss
  std::vector<std::string> audiences{};  // aud must name one of them; none: any, or no aud
  std::int64_t leeway_s = 30;            // of clocks that differ, for exp and nbf

  bool operator==(const ClaimRules&) const = default;
};

// The claims of a token whose signature was found good. exp is required; the user is sub, else userId, else user_id.
// A claim that we know but that is of the wrong kind refuses the token: it may have been meant as a restriction.
std::variant<Grant, Refusal> judge_claims(std::string_view json, const ClaimRules& rules, std::int64_t now_s);

// A line of an API key file: "sha256" of the key, and the same members, which are trusted as they stand: no exp, iss,
// aud. malformed: no JSON object with such a hash.
struct KeyLine {
  std::string sha256;  // 64 digits of hex, in lower case
  Grant grant;
};
std::variant<KeyLine, Refusal> read_key_line(std::string_view json);

}  // namespace wsf::auth
