#include "net/server_tls_store.hpp"

#include "base/exit_codes.hpp"
#include "fakes/scratch_folder.hpp"
#include "fakes/test_certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

namespace wsf::net {
namespace {

using namespace std::chrono_literals;

class server_tls_store : public ::testing::Test {
 protected:
  server_tls_store() { renew("DNS:first.example"); }

  void renew(const std::string& names) {
    const auto identity = authority.sign({.names = names});
    write_file(files.key + ".new", identity.key);
    write_file(files.cert + ".new", identity.certificate);
    std::filesystem::rename(files.key + ".new", files.key);
    std::filesystem::rename(files.cert + ".new", files.cert);
  }
  static bool comes_true(const std::function<bool()>& condition) {
    for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
      if (condition()) return true;
      std::this_thread::yield();
    }
    return false;
  }

  ScratchFolder folder;
  TestAuthority authority;
  ServerTlsFiles files{.cert = folder.file("cert.pem"), .key = folder.file("key.pem")};
};

TEST_F(server_tls_store, a_renewed_certificate_is_taken_when_it_is_told_to) {
  ServerTlsStore store(files);
  EXPECT_EQ(store.current()->names(), "first.example");
  renew("DNS:second.example");
  store.reread();
  EXPECT_TRUE(comes_true([&] { return store.current()->names() == "second.example"; }));
  EXPECT_GE(store.reloads(), 1u);
}

TEST_F(server_tls_store, a_renewed_certificate_is_taken_by_itself) {
  ServerTlsStore store(files);
  renew("DNS:second.example");
  EXPECT_TRUE(comes_true([&] { return store.current()->names() == "second.example"; }));
}

TEST_F(server_tls_store, a_broken_file_leaves_the_certificate_as_it_is) {
  ServerTlsStore store(files);
  write_file(files.cert, "broken");
  store.reread();
  EXPECT_TRUE(comes_true([&] { return store.failures() > 0; }));
  EXPECT_EQ(store.current()->names(), "first.example");
}

TEST_F(server_tls_store, says_at_start_what_is_wrong_with_its_files) {
  write_file(files.key, authority.sign().key);
  try {
    ServerTlsStore store(files);
    ADD_FAILURE() << "started";
  } catch (const base::StartupError& e) {
    EXPECT_EQ(e.code(), base::Exit::usage);
    EXPECT_EQ(e.what(), files.key + ": not the key of the certificate in " + files.cert);
  }
}

}  // namespace
}  // namespace wsf::net
