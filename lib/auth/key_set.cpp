#include "auth/key_set.hpp"

#include "auth/jwk.hpp"

#include <algorithm>

namespace wsf::auth {

struct KeySet::Key {
  Jwk jwk;
  std::string id;  // kid, or ""
  std::vector<std::string> algorithms;
  bool weak = false;

  bool is_for(const std::string& algorithm) const {
    return std::ranges::find(algorithms, algorithm) != algorithms.end();
  }
};

base::Result<KeySet> KeySet::from_secret(std::string_view secret, std::string_view algorithm) {
  if (secret.empty()) return base::Error{"the secret is empty"};
  if (secret.size() > kMaxSecretBytes) return base::Error{"the secret is longer than 1024 bytes"};
  Jwk jwk = Jwk::of_secret(secret);
  std::vector<std::string> algorithms = jwk.algorithms();
  if (!algorithm.empty()) {
    if (std::ranges::find(algorithms, algorithm) == algorithms.end()) {
      return base::Error{"a secret is for HS256, HS384 or HS512, not for \"" + std::string(algorithm) + '"'};
    }
    algorithms = {std::string(algorithm)};
  }
  KeySet out;
  const bool weak = secret.size() < kStrongSecretBytes;
  out.keys_.push_back(std::make_shared<const Key>(Key{std::move(jwk), "", std::move(algorithms), weak}));
  return out;
}

base::Result<KeySet> KeySet::from_pem(std::string_view pem) {
  auto jwks = Jwk::list_of_pem(pem);
  if (!jwks) return jwks.error();
  KeySet out;
  for (Jwk& jwk : *jwks) {
    std::vector<std::string> algorithms = jwk.algorithms();
    out.keys_.push_back(std::make_shared<const Key>(Key{std::move(jwk), "", std::move(algorithms), false}));
  }
  return out;
}

base::Result<KeySet> KeySet::from_jwks(std::string_view json, bool secrets) {
  if (json.size() > kMaxTextBytes) return base::Error{"larger than 256 KiB"};
  auto jwks = Jwk::list_of_json(json);
  if (!jwks) return jwks.error();
  KeySet out;
  for (Jwk& jwk : *jwks) {
    std::vector<std::string> algorithms = jwk.algorithms();
    const std::optional<std::string> secret = jwk.secret();
    if (algorithms.empty() || !jwk.verifies() || (secret && (!secrets || secret->empty()))) continue;
    std::string id = jwk.id();
    const bool weak = secret && secret->size() < kStrongSecretBytes;
    if (secret) jwk = Jwk::of_secret(*secret);
    out.keys_.push_back(std::make_shared<const Key>(Key{std::move(jwk), std::move(id), std::move(algorithms), weak}));
  }
  if (out.empty())
    return base::Error{"no key in it is for signatures of a kind that is known (RSA, EC P-256, P-384, P-521" +
                       std::string(secrets ? ", oct)" : ")")};
  if (out.size() > kMaxKeys) return base::Error{"more than 64 keys"};
  return out;
}

void KeySet::add(const KeySet& other) {
  keys_.insert(keys_.end(), other.keys_.begin(), other.keys_.end());
}

bool KeySet::has_weak_secret() const {
  return std::ranges::any_of(keys_, [](const auto& key) { return key->weak; });
}

base::Result<std::string> sign(std::string_view claims, std::string_view secret, std::string_view algorithm) {
  const auto keys = KeySet::from_secret(secret, algorithm);
  if (!keys) return keys.error();
  return {boost::system::in_place_value, Jwk::of_secret(secret).sign(claims, algorithm)};
}

// A key without an id may be the one that a token names: secrets and PEM files have none.
std::optional<Refusal> KeySet::verify(const Token& token) const {
  bool known = false;
  bool tried = false;
  for (const auto& key : keys_) {
    if (token.key_id && !key->id.empty() && key->id != *token.key_id) continue;
    known = true;
    if (!key->is_for(token.algorithm)) continue;
    tried = true;
    if (key->jwk.verify(token)) return std::nullopt;
  }
  if (tried) return Refusal::bad_signature;
  return known ? Refusal::unsupported : Refusal::unknown_key;
}

}  // namespace wsf::auth
