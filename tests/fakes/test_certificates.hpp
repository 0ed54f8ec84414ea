#pragma once
// An authority of a test's own, and the certificates it signs: made anew for each test, with keys on P-256.

#include <cstdint>
#include <memory>
#include <string>

namespace wsf {

class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name = "test authority");
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  struct Pem {
    std::string certificate, key;
  };
  struct Wish {
    std::string names = "DNS:localhost,IP:127.0.0.1";  // as openssl(1) takes subjectAltName
    std::int64_t begins_in_s = -3600;
    std::int64_t ends_in_s = 3600;
  };
  Pem sign(const Wish& wish) const;
  Pem sign() const { return sign(Wish{}); }
  const std::string& certificate() const { return pem_; }

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string pem_;
};

// The same key, for those who know the passphrase alone.
std::string encrypted_key(const std::string& key_pem);

void write_file(const std::string& path, const std::string& text, unsigned mode = 0600);

}  // namespace wsf
