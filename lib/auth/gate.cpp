#include "auth/gate.hpp"

#include "auth/token.hpp"

namespace wsf::auth {

std::variant<Grant, Refusal> Gate::admit(const Credential& credential, std::int64_t now_s) const {
  if (credential.kind == Credential::Kind::api_key) return api_keys_.find(credential.text);
  const std::variant<Token, Refusal> parsed = take_apart(credential.text);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) return *refusal;
  const auto& token = std::get<Token>(parsed);
  if (const auto refusal = keys_.verify(token)) return *refusal;
  return judge_claims(token.claims, rules_, now_s);
}

}  // namespace wsf::auth
