#include "token_flags.hpp"

#include "base/exit_codes.hpp"

#include <fmt/format.h>

namespace wsfanout {
namespace {

constexpr const char* kGroup = "Who may connect";

}  // namespace

TokenFlags::TokenFlags(wsf::base::Settings& settings) {
  settings.add("--jwt-secret", keys_.secret, "Secret that tokens are signed with (HS256, HS384, HS512)")
      .secret()
      .not_on_command_line()
      .type("SECRET")
      .group(kGroup);
  settings.add("--jwt-secret-file", keys_.secret_file, "File with the secret that tokens are signed with")
      .type("FILE")
      .group(kGroup);
  settings.add("--jwt-algorithm", keys_.algorithm, "The one algorithm that the secret is for")
      .type("NAME")
      .group(kGroup);
  settings.add("--jwt-public-key", keys_.public_key_file, "PEM file with public keys or certificates (RSA, EC)")
      .type("FILE")
      .group(kGroup);
  settings.add("--jwks", keys_.jwks, "JWK set with the keys of tokens; read again when it changes")
      .type("FILE|URL")
      .group(kGroup);
  settings.add("--jwt-issuer", keys_.rules.issuers, "Issuers (iss) of which one is required")
      .type("NAME,...")
      .group(kGroup);
  settings.add("--jwt-audience", keys_.rules.audiences, "Audiences (aud) of which one is required")
      .type("NAME,...")
      .group(kGroup);
  settings.add("--jwt-leeway", leeway_, "By how much clocks may differ").type("DURATION").range(0, 300).group(kGroup);
  settings.add("--require-strong-keys", keys_.require_strong_keys, "Refuse a secret of less than 32 bytes")
      .group(kGroup);
  settings.add("--api-keys", keys_.api_keys_file, "File of API keys, each by its SHA-256").type("FILE").group(kGroup);
}

wsf::auth::KeySources TokenFlags::keys() const {
  wsf::auth::KeySources keys = keys_;
  keys.rules.leeway_s = std::chrono::duration_cast<std::chrono::seconds>(leeway_.value).count();
  return keys;
}

void require_keys(wsf::auth::KeySources& keys, std::string_view protocol, const std::string& secret,
                  std::string_view secret_name, const std::string& algorithm) {
  if (keys.any()) return;
  keys.secret = secret;
  keys.algorithm = algorithm;
  if (keys.any()) return;
  wsf::base::refuse(fmt::format(
      "{} lets nobody in without a token: set {}, --jwt-secret-file, --jwt-public-key, --jwks or --api-keys",
      protocol, secret_name));
}

}  // namespace wsfanout
