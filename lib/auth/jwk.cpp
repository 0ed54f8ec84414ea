#include "auth/jwk.hpp"

#include "auth/claims.hpp"
#include "auth/jose.hpp"
#include "base/check.hpp"
#include "base/json_scan.hpp"

#include <openssl/bio.h>
#include <openssl/store.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdlib>

namespace wsf::auth {
namespace {

// HMAC fills a key up to its block with zeros (RFC 2104 section 2), so those may as well be part of it: libjose takes
// no secret that is shorter than the hash.
constexpr std::size_t kHmacFill = 64;

// libjose's own default writes every fault to stderr.
struct Quiet {
  Quiet() {
    jose_cfg_set_err_func(
        cfg, [](void*, const char*, int, uint64_t, const char*, va_list) {}, nullptr);
  }
  ~Quiet() { jose_cfg_decref(cfg); }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

  jose_cfg_t* cfg = jose_cfg();
};

Json text_value(std::string_view text) {
  return Json(json_stringn(text.data(), text.size()));
}

void set(const Json& object, const char* member, Json value) {
  base::check(json_object_set_new(object.get(), member, value.release()) == 0, "jansson takes ASCII text");
}

using Bio = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free(bio); })>;
using Store = std::unique_ptr<OSSL_STORE_CTX, decltype([](OSSL_STORE_CTX* store) { OSSL_STORE_close(store); })>;
using StoreInfo =
    std::unique_ptr<OSSL_STORE_INFO, decltype([](OSSL_STORE_INFO* info) { OSSL_STORE_INFO_free(info); })>;

// The public key of a PEM block; nullptr: it has none that we take.
EVP_PKEY* public_key(const OSSL_STORE_INFO* info) {
  switch (OSSL_STORE_INFO_get_type(info)) {
    case OSSL_STORE_INFO_PUBKEY:
      return OSSL_STORE_INFO_get0_PUBKEY(info);
    case OSSL_STORE_INFO_CERT:
      return X509_get0_pubkey(OSSL_STORE_INFO_get0_CERT(info));
    default:
      return nullptr;
  }
}

}  // namespace

Jwk Jwk::of_secret(std::string_view secret) {
  std::string filled(secret);
  filled.resize(std::max(filled.size(), kHmacFill));
  Json key(json_object());
  set(key, "kty", text_value("oct"));
  set(key, "k", Json(jose_b64_enc(filled.data(), filled.size())));
  return Jwk(std::move(key));
}

base::Result<std::vector<Jwk>> Jwk::list_of_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Store store(
      OSSL_STORE_attach(bio.get(), "file", nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr));
  std::vector<Jwk> out;
  const Quiet quiet;
  while (store && !OSSL_STORE_eof(store.get())) {
    const StoreInfo info(OSSL_STORE_load(store.get()));
    if (!info) break;
    if (OSSL_STORE_INFO_get_type(info.get()) == OSSL_STORE_INFO_PKEY) {
      return base::Error{"holds a private key: only the public one belongs here"};
    }
    EVP_PKEY* const key = public_key(info.get());
    if (key == nullptr) continue;
    Json jwk(jose_openssl_jwk_from_EVP_PKEY(quiet.cfg, key));
    if (!jwk) return base::Error{"holds a key that is neither RSA nor EC"};
    out.push_back(Jwk(std::move(jwk)));
  }
  if (out.empty()) return base::Error{"no public key or certificate in PEM form"};
  return out;
}

base::Result<std::vector<Jwk>> Jwk::list_of_json(std::string_view text) {
  if (base::scan_json(text, kMaxJsonDepth) != base::Scan::parsable) return base::Error{"not JSON"};
  const Json document(json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, nullptr));
  if (!json_is_object(document.get())) return base::Error{"no JSON object"};
  std::vector<Jwk> out;
  const json_t* const keys = json_object_get(document.get(), "keys");
  if (keys == nullptr) {
    out.push_back(public_part(document.get()));
    return out;
  }
  if (!json_is_array(keys)) return base::Error{"\"keys\" is no list"};
  for (std::size_t i = 0; i < json_array_size(keys); ++i) {
    if (!json_is_object(json_array_get(keys, i))) return base::Error{"\"keys\" holds what is no key"};
    out.push_back(public_part(json_array_get(keys, i)));
  }
  return out;
}

// Of a secret, which has none, all of it.
Jwk Jwk::public_part(const json_t* key) {
  Jwk out(Json(json_deep_copy(key)));
  const Quiet quiet;
  if (out.text("kty") != "oct") jose_jwk_pub(quiet.cfg, out.key_.get());
  return out;
}

std::string Jwk::text(const char* member) const {
  const char* value = json_string_value(json_object_get(key_.get(), member));
  return value == nullptr ? "" : value;
}

std::string Jwk::id() const {
  return text("kid");
}

// RFC 7518 sections 3.2 to 3.5.
std::vector<std::string> Jwk::algorithms() const {
  const std::string kind = text("kty"), curve = text("crv"), own = text("alg");
  std::vector<std::string> out;
  if (kind == "oct") out = {"HS256", "HS384", "HS512"};
  if (kind == "RSA") out = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"};
  if (kind == "EC" && curve == "P-256") out = {"ES256"};
  if (kind == "EC" && curve == "P-384") out = {"ES384"};
  if (kind == "EC" && curve == "P-521") out = {"ES512"};
  if (!own.empty()) std::erase_if(out, [&](const std::string& algorithm) { return algorithm != own; });
  return out;
}

bool Jwk::verifies() const {
  const Quiet quiet;
  return jose_jwk_prm(quiet.cfg, key_.get(), false, "verify");
}

std::optional<std::string> Jwk::secret() const {
  if (text("kty") != "oct") return std::nullopt;
  return from_base64url(text("k")).value_or("");
}

bool Jwk::verify(const Token& token) const {
  const Json signed_text(json_object());
  set(signed_text, "protected", text_value(token.header));
  set(signed_text, "payload", text_value(token.payload));
  set(signed_text, "signature", text_value(token.signature));
  const Quiet quiet;
  return jose_jws_ver(quiet.cfg, signed_text.get(), nullptr, key_.get(), false);
}

std::string Jwk::sign(std::string_view claims, std::string_view algorithm) const {
  const Json protected_header(json_object());
  set(protected_header, "alg", text_value(algorithm));
  set(protected_header, "typ", text_value("JWT"));
  const Json signed_text(json_object());
  set(signed_text, "payload", Json(jose_b64_enc(claims.data(), claims.size())));
  Json signature(json_object());
  set(signature, "protected", Json(json_deep_copy(protected_header.get())));
  const Quiet quiet;
  if (!jose_jws_sig(quiet.cfg, signed_text.get(), signature.get(), key_.get())) return {};
  const auto part = [&](const char* name) {
    return std::string(json_string_value(json_object_get(signed_text.get(), name)));
  };
  return part("protected") + '.' + part("payload") + '.' + part("signature");
}

}  // namespace wsf::auth
