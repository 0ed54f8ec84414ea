#include "auth/refusal.hpp"

#include <array>

namespace wsf::auth {
namespace {

struct Texts {
  Refusal refusal;
  std::string_view name;
  std::string_view description;
};

// In the order of Refusal (asserted by the tests).
constexpr std::array<Texts, kRefusals> kTexts{{
    {Refusal::missing, "missing", "a token is required"},
    {Refusal::malformed, "malformed", "not a token"},
    {Refusal::unsupported, "unsupported", "the token's algorithm or header is not accepted"},
    {Refusal::unknown_key, "unknown_key", "signed with an unknown key"},
    {Refusal::bad_signature, "bad_signature", "the signature is wrong"},
    {Refusal::bad_claims, "bad_claims", "the token's claims are malformed"},
    {Refusal::no_user, "no_user", "the token names no user"},
    {Refusal::no_expiry, "no_expiry", "the token has no expiry"},
    {Refusal::expired, "expired", "the token has expired"},
    {Refusal::not_yet_valid, "not_yet_valid", "the token is not valid yet"},
    {Refusal::wrong_issuer, "wrong_issuer", "the token is from another issuer"},
    {Refusal::wrong_audience, "wrong_audience", "the token is for another audience"},
}};

}  // namespace

std::string_view name(Refusal refusal) {
  return kTexts[static_cast<std::size_t>(refusal)].name;
}

std::string_view describe(Refusal refusal) {
  return kTexts[static_cast<std::size_t>(refusal)].description;
}

}  // namespace wsf::auth
