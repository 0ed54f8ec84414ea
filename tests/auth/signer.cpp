#include "signer.hpp"

#include "auth/jose.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace wsf::auth {
namespace {

using Json = std::unique_ptr<json_t, decltype([](json_t* value) { json_decref(value); })>;
using Bio = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free(bio); })>;
using Key = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); })>;

Json parsed(std::string_view text) {
  Json out(json_loadb(text.data(), text.size(), 0, nullptr));
  if (!out) throw std::runtime_error("no JSON: " + std::string(text));
  return out;
}

std::string dumped(const json_t* value) {
  char* text = json_dumps(value, JSON_COMPACT);
  std::string out(text);
  free(text);
  return out;
}

template <class Write>
std::string pem_of(const std::string& jwk, Write write) {
  const Json value = parsed(jwk);
  const Key key(jose_openssl_jwk_to_EVP_PKEY(nullptr, value.get()));
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!key || write(bio.get(), key.get()) != 1) throw std::runtime_error("no PEM of " + jwk);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Signer::Signer(std::string_view kind) {
  const Json key = parsed("{" + std::string(kind) + "}");
  if (!jose_jwk_gen(nullptr, key.get())) throw std::runtime_error("no key of " + std::string(kind));
  json_object_del(key.get(), "key_ops");
  jwk_ = dumped(key.get());
}

std::string Signer::token(std::string_view header, std::string_view claims) const {
  const Json key = parsed(jwk_);
  const Json object(json_object());
  json_object_set_new(object.get(), "payload", json_string(base64url(claims).c_str()));
  const Json signature = parsed(R"({"protected":{)" + std::string(header) + "}}");
  if (!jose_jws_sig(nullptr, object.get(), signature.get(), key.get())) {
    throw std::runtime_error("cannot sign with " + std::string(header));
  }
  const auto part = [&](const char* name) {
    return std::string(json_string_value(json_object_get(object.get(), name)));
  };
  return part("protected") + '.' + part("payload") + '.' + part("signature");
}

std::string Signer::public_jwk() const {
  const Json key = parsed(jwk_);
  jose_jwk_pub(nullptr, key.get());
  return dumped(key.get());
}

std::string Signer::public_pem() const {
  return pem_of(jwk_, [](BIO* bio, EVP_PKEY* key) { return PEM_write_bio_PUBKEY(bio, key); });
}

std::string Signer::private_pem() const {
  return pem_of(jwk_, [](BIO* bio, EVP_PKEY* key) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string base64url(std::string_view bytes) {
  std::string out(bytes.size() * 2 + 4, '\0');
  out.resize(jose_b64_enc_buf(bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

std::string compact(std::string_view header_json, std::string_view claims, std::string_view signature) {
  return base64url(header_json) + '.' + base64url(claims) + '.' + base64url(signature);
}

std::string hmac_token(std::string_view header_json, std::string_view claims, std::string_view secret) {
  const std::string text = base64url(header_json) + '.' + base64url(claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  return text + '.' + base64url({reinterpret_cast<const char*>(mac.data()), size});
}

}  // namespace wsf::auth
