#pragma once
// Who may come in: what clients bring, held against the keys. Immutable once made, so shards share one and look at it
// without locks; new keys are a new gate.

#include "auth/api_keys.hpp"
#include "auth/claims.hpp"
#include "auth/grant.hpp"
#include "auth/key_set.hpp"
#include "auth/refusal.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace wsf::auth {

struct Credential {
  enum class Kind : std::uint8_t { token, api_key };

  Kind kind = Kind::token;
  std::string text;  // never to be logged, counted by, or repeated
};

class Gate {
 public:
  Gate(KeySet keys, ClaimRules rules, ApiKeys api_keys)
      : keys_(std::move(keys)), rules_(std::move(rules)), api_keys_(std::move(api_keys)) {}

  // Costs a hash for HMAC and API keys, some 100 us for RSA and EC.
  std::variant<Grant, Refusal> admit(const Credential& credential, std::int64_t now_s) const;

  // Whether a grant of an earlier gate still stands: an API key may have been taken back. A token stands until its
  // end.
  bool upholds(const Grant& grant) const { return grant.api_key.empty() || api_keys_.hold(grant.api_key); }

  const KeySet& keys() const { return keys_; }

 private:
  KeySet keys_;
  ClaimRules rules_;
  ApiKeys api_keys_;
};

}  // namespace wsf::auth
