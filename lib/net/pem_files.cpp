#include "net/pem_files.hpp"

#include "base/text_file.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace wsf::net {
namespace {

using X509Ptr = std::unique_ptr<X509, FreedBy<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, FreedBy<BIO_free>>;

base::Error about(const std::string& path, std::string_view fault) {
  return {fmt::format("{}: {}", path, fault)};
}

// OpenSSL's default asks at the terminal.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "unknown error";
}

std::optional<base::Error> use_chain(SSL_CTX* context, const std::string& path) {
  auto text = base::read_text_file(path, kMaxPemBytes);
  if (!text) return about(path, text.error().message);
  const BioPtr bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  const X509Ptr own(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!own) return about(path, "no certificate in PEM (-----BEGIN CERTIFICATE-----) in it");
  if (SSL_CTX_use_certificate(context, own.get()) != 1) {
    return about(path, fmt::format("the certificate cannot be used: {}", openssl_reason()));
  }
  SSL_CTX_clear_chain_certs(context);
  while (X509Ptr next{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) return about(path, openssl_reason());
  }
  ERR_clear_error();  // the end of the file is one of its errors
  return std::nullopt;
}

std::optional<base::Error> use_key(SSL_CTX* context, const std::string& path, const std::string& chain_file) {
  auto text = base::read_text_file(path, kMaxPemBytes);
  if (!text) return about(path, text.error().message);
  const BioPtr bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  bool asked = false;
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, &asked));
  OPENSSL_cleanse(text->data(), text->size());
  if (asked)
    return about(path, "the key is encrypted, and there is nobody to ask for its passphrase (openssl pkey -in FILE)");
  if (!key) return about(path, "no private key in PEM (-----BEGIN PRIVATE KEY-----) in it");
  if (X509_check_private_key(SSL_CTX_get0_certificate(context), key.get()) != 1) {
    return about(path, fmt::format("not the key of the certificate in {}", chain_file));
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return about(path, openssl_reason());
  return std::nullopt;
}

}  // namespace

std::optional<base::Error> use_certificate(SSL_CTX* context, const std::string& chain_file,
                                           const std::string& key_file) {
  ERR_clear_error();
  if (auto fault = use_chain(context, chain_file)) return fault;
  return use_key(context, key_file.empty() ? chain_file : key_file, chain_file);
}

std::optional<base::Error> trust(SSL_CTX* context, const std::string& ca_file) {
  ERR_clear_error();
  const auto text = base::read_text_file(ca_file, kMaxPemBytes);
  if (!text) return about(ca_file, text.error().message);
  const BioPtr bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  int count = 0;
  while (X509Ptr next{PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr)}) {
    if (X509_STORE_add_cert(store, next.get()) != 1) return about(ca_file, openssl_reason());
    if (SSL_CTX_add_client_CA(context, next.get()) != 1) return about(ca_file, openssl_reason());
    ++count;
  }
  ERR_clear_error();
  if (count == 0) return about(ca_file, "no certificate in PEM (-----BEGIN CERTIFICATE-----) in it");
  return std::nullopt;
}

}  // namespace wsf::net
