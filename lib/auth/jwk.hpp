#pragma once
// One key as libjose has it. Inside of lib/auth.

#include "auth/token.hpp"
#include "base/result.hpp"

#include <jansson.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::auth {

struct JsonRelease {
  void operator()(json_t* value) const { json_decref(value); }
};
using Json = std::unique_ptr<json_t, JsonRelease>;

class Jwk {
 public:
  static Jwk of_secret(std::string_view secret);
  static base::Result<std::vector<Jwk>> list_of_pem(std::string_view pem);
  static base::Result<std::vector<Jwk>> list_of_json(std::string_view text);

  std::string id() const;  // kid, or ""
  // Those that a key of its kind is for, or the one that its own "alg" narrows them to.
  std::vector<std::string> algorithms() const;
  bool verifies() const;                      // by its "use" and "key_ops", if it has them
  std::optional<std::string> secret() const;  // of kty "oct"; empty where it cannot be read

  bool verify(const Token& token) const;
  // The compact form; empty: not possible with this key.
  std::string sign(std::string_view claims, std::string_view algorithm) const;

 private:
  explicit Jwk(Json key) : key_(std::move(key)) {}

  static Jwk public_part(const json_t* key);
  std::string text(const char* member) const;

  Json key_;
};

}  // namespace wsf::auth
