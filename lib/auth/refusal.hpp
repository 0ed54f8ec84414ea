#pragma once
// Why a credential is not accepted. Texts are fixed: nothing of a credential ever comes back in one.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wsf::auth {

enum class Refusal : std::uint8_t {
  missing,      // no credential at all
  malformed,    // no token in the compact form of RFC 7515, or too long
  unsupported,  // an alg that no key of ours is for ("none" among them), or a header that asks for more (crit, zip,
                // b64)
  unknown_key,  // no key of this id, or no API key like this
  bad_signature,
  bad_claims,  // no object, or a claim of the wrong kind
  no_user,     // none of sub, userId and user_id is a usable name
  no_expiry,   // exp is required
  expired,
  not_yet_valid,
  wrong_issuer,
  wrong_audience,
};
inline constexpr std::size_t kRefusals = 12;

std::string_view name(Refusal refusal);      // a metric label: "bad_signature"
std::string_view describe(Refusal refusal);  // for people: "the signature is wrong"

}  // namespace wsf::auth
