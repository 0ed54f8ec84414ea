#pragma once
// Certificates and keys from PEM files, as servers and clients read them. For .cpp files. Each returns what is wrong,
// beginning with the file's path, or nothing.

#include "base/result.hpp"
#include "net/openssl.hpp"

#include <optional>
#include <string>

namespace wsf::net {

inline constexpr std::size_t kMaxPemBytes = 4 * 1024 * 1024;

// A chain, the own certificate first, and its key. Both may lie in one file. A key that wants a passphrase is
// refused: a service has nobody to ask.
std::optional<base::Error> use_certificate(SSL_CTX* context, const std::string& chain_file,
                                           const std::string& key_file);

// The authorities in a file are trusted, and no others.
std::optional<base::Error> trust(SSL_CTX* context, const std::string& ca_file);

}  // namespace wsf::net
