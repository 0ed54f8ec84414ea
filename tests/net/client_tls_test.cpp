#include "net/client_tls.hpp"

#include "fakes/scratch_folder.hpp"
#include "fakes/test_certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::net {
namespace {

using ::testing::HasSubstr;

class client_tls : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    write_file(folder.file(name), text);
    return folder.file(name);
  }
  static std::string fault_of(const TlsFiles& files) {
    const auto read = ClientTls::read(files);
    return read ? "" : read.error().message;
  }

  ScratchFolder folder;
  TestAuthority authority;
};

TEST_F(client_tls, reads_certificate_and_key_from_one_file_or_from_two) {
  const auto own = authority.sign();
  EXPECT_EQ(fault_of({.cert = file("both.pem", own.key + own.certificate)}), "");
  EXPECT_EQ(fault_of({.cert = file("cert.pem", own.certificate), .key = file("key.pem", own.key)}), "");
}

TEST_F(client_tls, names_the_file_that_is_missing) {
  const std::string missing = folder.file("none.pem");
  EXPECT_EQ(fault_of({.ca = missing}), missing + ": No such file or directory");
  EXPECT_EQ(fault_of({.cert = missing}), missing + ": No such file or directory");
  EXPECT_EQ(fault_of({.cert = file("cert.pem", authority.sign().certificate), .key = missing}),
            missing + ": No such file or directory");
}

TEST_F(client_tls, names_the_file_that_holds_something_else) {
  EXPECT_THAT(fault_of({.ca = file("ca.pem", "hello")}), HasSubstr("ca.pem: no certificate in PEM"));
  EXPECT_THAT(fault_of({.cert = file("cert.pem", "hello")}), HasSubstr("cert.pem: no certificate in PEM"));
  EXPECT_THAT(fault_of({.cert = file("cert.pem", authority.sign().certificate)}), HasSubstr("no private key in PEM"));
}

TEST_F(client_tls, refuses_a_key_that_is_not_the_certificates) {
  const std::string cert = file("cert.pem", authority.sign().certificate);
  const std::string key = file("key.pem", authority.sign().key);
  EXPECT_EQ(fault_of({.cert = cert, .key = key}), key + ": not the key of the certificate in " + cert);
}

TEST_F(client_tls, refuses_a_key_that_wants_a_passphrase) {
  const auto own = authority.sign();
  const std::string cert = file("cert.pem", own.certificate);
  const std::string key = file("key.pem", encrypted_key(own.key));
  EXPECT_THAT(fault_of({.cert = cert, .key = key}), HasSubstr("key.pem: the key is encrypted"));
}

}  // namespace
}  // namespace wsf::net
