#include "base/exit_codes.hpp"
#include "fakes/test_certificates.hpp"
#include "recording_sink.hpp"
#include "redis/commands.hpp"
#include "redis/subscriber.hpp"
#include "redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::redis {
namespace {

using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::HasSubstr;

// A redis-server that speaks TLS alone, and its clients' files.
struct RedisTls : ::testing::Test {
  RedisTls() {
    write_file(folder.file("ca.pem"), authority.certificate());
    write_pair("server", authority.sign());
    write_pair("client", authority.sign());
  }

  void write_pair(const std::string& name, const TestAuthority::Pem& pem) {
    write_file(folder.file(name + ".pem"), pem.certificate);
    write_file(folder.file(name + ".key"), pem.key);
  }

  RedisServer server(const std::string& clients) const {
    return RedisServer({"--tls-cert-file", folder.file("server.pem"), "--tls-key-file", folder.file("server.key"),
                        "--tls-ca-cert-file", folder.file("ca.pem"), "--tls-auth-clients", clients},
                       RedisServer::Line::tls);
  }

  std::string refusal(const Options& options) const {
    RecordingSink sink;
    const Subscriber subscriber(options, sink);
    return sink.wait_for_downs(1) ? sink.whys().front() : "let in";
  }

  TestAuthority authority;
  ScratchFolder folder;
};

TEST_F(RedisTls, channels_and_commands_go_through_it) {
  const RedisServer server = this->server("no");
  auto options = server.options();
  options.tls = net::TlsFiles{.ca = folder.file("ca.pem")};
  RecordingSink sink;
  Subscriber subscriber(options, sink);
  subscriber.subscribe("ws:1");
  ASSERT_TRUE(subscribed_becomes(subscriber, 1));
  Commands commands(options);
  const std::string large(1'000'000, 'x');
  commands.send({"PUBLISH", "ws:1", large});
  ASSERT_TRUE(commands.drain(20s));
  ASSERT_TRUE(sink.wait_for_texts(1));
  EXPECT_EQ(sink.texts().front(), "ws:1 " + large);
}

TEST_F(RedisTls, a_server_may_want_a_certificate) {
  const RedisServer server = this->server("yes");
  auto options = server.options();
  options.tls = net::TlsFiles{.ca = folder.file("ca.pem")};
  // The server ends the connection with our greeting unread: its alert may be lost by that.
  EXPECT_THAT(refusal(options), AnyOf(HasSubstr("TLS: it wants a client certificate"), HasSubstr("reset by peer")));
  options.tls->cert = folder.file("client.pem");
  options.tls->key = folder.file("client.key");
  RecordingSink sink;
  const Subscriber subscriber(options, sink);
  EXPECT_TRUE(sink.wait_for_ups(1));
}

TEST_F(RedisTls, a_server_that_is_not_trusted_is_told_and_so_is_one_without_tls) {
  const RedisServer server = this->server("no");
  auto options = server.options();
  options.tls = net::TlsFiles{};
  EXPECT_THAT(refusal(options), HasSubstr("TLS: "));
  const RedisServer plain;
  options = plain.options();
  options.tls = net::TlsFiles{.ca = folder.file("ca.pem")};
  options.connect_timeout = 100ms;
  EXPECT_THAT(refusal(options), HasSubstr("does this port speak TLS?"));
}

TEST_F(RedisTls, a_file_that_cannot_be_read_is_a_start_up_error) {
  Options options;
  options.tls = net::TlsFiles{.ca = folder.file("none.pem")};
  try {
    const Commands commands(options);
    FAIL();
  } catch (const base::StartupError& error) {
    EXPECT_THAT(error.what(), HasSubstr("none.pem"));
    EXPECT_EQ(error.code(), base::Exit::usage);
  }
}

}  // namespace
}  // namespace wsf::redis
