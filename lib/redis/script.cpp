#include "redis/script.hpp"

#include "base/check.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace wsf::redis {

Script::Script(std::string_view text) : text_(text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  const int done = EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  base::check(done == 1, "OpenSSL has SHA-1");
  for (unsigned i = 0; i < size; ++i) name_ += fmt::format("{:02x}", digest[i]);
}

}  // namespace wsf::redis
