#include "net/client_stream.hpp"

#include "fakes/scratch_folder.hpp"
#include "net/tls_peer.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::net {
namespace {

using namespace std::chrono_literals;
using boost::system::error_code;
using ::testing::HasSubstr;
using Kind = TlsFault::Kind;

// Runs one connection and keeps what is told of it.
struct Attempt {
  explicit Attempt(std::uint16_t port, std::shared_ptr<const ClientTls> tls = {},
                   const std::string& host = "127.0.0.1", std::chrono::nanoseconds timeout = 10s) {
    stream.connect(
        {host, port, std::move(tls), timeout},
        [this](const std::optional<ConnectFault>& outcome) {
          fault = outcome;
          done = true;
          io.stop();
        },
        [this](Step step, const std::string& what) { passed.emplace_back(step, what); });
    run();
  }

  void run() {
    io.restart();
    io.run_for(10s);
  }
  std::string read(std::size_t bytes, error_code& ec) {
    std::string into(bytes, '\0');
    async_read(stream, boost::asio::buffer(into), [&](error_code error, std::size_t size) {
      ec = error;
      into.resize(size);
      io.stop();
    });
    run();
    return into;
  }
  error_code write(const std::string& text) {
    error_code ec;
    async_write(stream, boost::asio::buffer(text), [&](error_code error, std::size_t) {
      ec = error;
      io.stop();
    });
    run();
    return ec;
  }
  TlsFault tls_fault() const { return fault && fault->tls ? *fault->tls : TlsFault{}; }

  boost::asio::io_context io;
  ClientStream stream{io};
  bool done = false;
  std::optional<ConnectFault> fault;
  std::vector<std::pair<Step, std::string>> passed;
};

class client_stream : public ::testing::Test {
 protected:
  // A client that trusts the test's authority; with `identity` it has a certificate of its own.
  std::shared_ptr<const ClientTls> trusting(const TestAuthority& authority,
                                            const std::optional<TestAuthority::Pem>& identity = {}) {
    TlsFiles files{.ca = folder.file("ca.pem")};
    write_file(files.ca, authority.certificate());
    if (identity) {
      files.cert = folder.file("own.pem");
      write_file(files.cert, identity->certificate + identity->key);
    }
    return ClientTls::read(files).value();
  }

  ScratchFolder folder;
  TestAuthority authority;
};

void echo(TlsSocket& socket) {
  char bytes[5];
  boost::asio::read(socket, boost::asio::buffer(bytes));
  boost::asio::write(socket, boost::asio::buffer(bytes));
  error_code ec;
  socket.shutdown(ec);
}

TEST_F(client_stream, speaks_tls_to_a_peer_whose_certificate_is_good) {
  TlsPeer peer(authority.sign(), echo);
  Attempt attempt(peer.port(), trusting(authority));
  ASSERT_FALSE(attempt.fault) << attempt.tls_fault().what;
  EXPECT_FALSE(attempt.write("hello"));
  error_code ec;
  EXPECT_EQ(attempt.read(5, ec), "hello");
  attempt.read(1, ec);
  EXPECT_TRUE(is_end(ec)) << ec.message();
}

TEST_F(client_stream, tells_each_step_and_what_was_agreed) {
  TlsPeer peer(authority.sign(), echo);
  Attempt attempt(peer.port(), trusting(authority));
  const std::string at = "127.0.0.1:" + std::to_string(peer.port());
  ASSERT_EQ(attempt.passed.size(), 3u);
  EXPECT_EQ(attempt.passed[0], std::pair(Step::name, std::string("127.0.0.1")));
  EXPECT_EQ(attempt.passed[1], std::pair(Step::tcp, at));
  EXPECT_EQ(attempt.passed[2].first, Step::tls);
  EXPECT_THAT(attempt.passed[2].second, ::testing::StartsWith("TLSv1.3, TLS_"));
  EXPECT_THAT(attempt.passed[2].second, HasSubstr(", certificate for localhost, 127.0.0.1 until 20"));
  EXPECT_EQ(attempt.stream.peer(), at);
  const auto facts = attempt.stream.tls_facts();
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->version, "TLSv1.3");
  EXPECT_EQ(facts->names, "localhost, 127.0.0.1");
  EXPECT_GT(facts->certificate_end_s, 0);
}

TEST_F(client_stream, without_tls_it_is_a_plain_connection) {
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
  Attempt attempt(acceptor.local_endpoint().port());
  ASSERT_FALSE(attempt.fault);
  EXPECT_FALSE(attempt.stream.is_tls());
  auto accepted = acceptor.accept();
  EXPECT_FALSE(attempt.write("hello"));
  char bytes[5];
  boost::asio::read(accepted, boost::asio::buffer(bytes));
  EXPECT_EQ(std::string(bytes, 5), "hello");
}

TEST_F(client_stream, says_when_the_certificate_has_expired) {
  TlsPeer peer(authority.sign({.begins_in_s = -7000, .ends_in_s = -3600}), echo);
  Attempt attempt(peer.port(), trusting(authority));
  EXPECT_EQ(attempt.fault->step, Step::tls);
  EXPECT_EQ(attempt.tls_fault().kind, Kind::expired);
  EXPECT_THAT(attempt.tls_fault().what, HasSubstr("its certificate has expired on 20"));
}

TEST_F(client_stream, says_when_the_certificate_is_of_the_future) {
  TlsPeer peer(authority.sign({.begins_in_s = 3600, .ends_in_s = 7000}), echo);
  Attempt attempt(peer.port(), trusting(authority));
  EXPECT_EQ(attempt.tls_fault().kind, Kind::not_yet_valid);
}

TEST_F(client_stream, says_whose_certificate_it_is_when_the_host_is_another) {
  TlsPeer peer(authority.sign({.names = "DNS:prices.example,IP:203.0.113.7"}), echo);
  Attempt attempt(peer.port(), trusting(authority));
  EXPECT_EQ(attempt.tls_fault().kind, Kind::other_host);
  EXPECT_EQ(attempt.tls_fault().what, "its certificate is for another host: prices.example, 203.0.113.7");
}

TEST_F(client_stream, says_when_nobody_trusts_the_authority) {
  const TestAuthority other("other");
  TlsPeer peer(other.sign(), echo);
  Attempt attempt(peer.port(), trusting(authority));
  EXPECT_EQ(attempt.tls_fault().kind, Kind::unknown_authority);
}

TEST_F(client_stream, trusts_the_authorities_of_the_system_alone_without_a_file) {
  TlsPeer peer(authority.sign(), echo);
  Attempt attempt(peer.port(), ClientTls::read({}).value());
  EXPECT_EQ(attempt.tls_fault().kind, Kind::unknown_authority);
}

TEST_F(client_stream, takes_any_certificate_when_it_is_told_to) {
  TlsPeer peer(authority.sign({.names = "DNS:prices.example", .begins_in_s = -7000, .ends_in_s = -3600}), echo);
  Attempt attempt(peer.port(), ClientTls::read({.insecure = true}).value());
  EXPECT_FALSE(attempt.fault);
}

TEST_F(client_stream, says_when_the_peer_does_not_speak_tls) {
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
  std::thread peer([&] {
    auto socket = acceptor.accept();
    boost::asio::write(socket, boost::asio::buffer(std::string("HTTP/1.1 400 Bad Request\r\n\r\n")));
    char byte;
    error_code ignored;
    while (!ignored) socket.read_some(boost::asio::buffer(&byte, 1), ignored);
  });
  Attempt attempt(acceptor.local_endpoint().port(), trusting(authority));
  attempt.stream.close();
  peer.join();
  EXPECT_EQ(attempt.tls_fault().kind, Kind::not_tls) << attempt.tls_fault().what;
}

TEST_F(client_stream, says_when_the_peer_hangs_up_during_the_handshake) {
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
  std::thread peer([&] { acceptor.accept().close(); });
  Attempt attempt(acceptor.local_endpoint().port(), trusting(authority));
  peer.join();
  EXPECT_EQ(attempt.tls_fault().kind, Kind::ended);
}

void require_certificate(boost::asio::ssl::context& context, const TestAuthority& authority) {
  context.add_certificate_authority(boost::asio::buffer(authority.certificate()));
  context.set_verify_mode(boost::asio::ssl::verify_peer | boost::asio::ssl::verify_fail_if_no_peer_cert);
}

// In TLS 1.3 the client's part of the handshake is over before the server has seen its certificate.
TEST_F(client_stream, the_first_read_says_that_a_client_certificate_is_wanted) {
  TlsPeer peer(authority.sign(), echo, [&](auto& context) { require_certificate(context, authority); });
  Attempt attempt(peer.port(), trusting(authority));
  ASSERT_FALSE(attempt.fault);
  error_code ec;
  attempt.read(1, ec);
  const auto fault = tls_fault(ec);
  ASSERT_TRUE(fault) << ec.message();
  EXPECT_EQ(fault->kind, Kind::certificate_wanted);
}

TEST_F(client_stream, shows_its_own_certificate_where_one_is_wanted) {
  TlsPeer peer(authority.sign(), echo, [&](auto& context) { require_certificate(context, authority); });
  Attempt attempt(peer.port(), trusting(authority, authority.sign()));
  attempt.write("hello");
  error_code ec;
  EXPECT_EQ(attempt.read(5, ec), "hello") << ec.message();
}

TEST_F(client_stream, does_not_speak_tls_below_1_2) {
  TlsPeer peer(authority.sign(), echo, [&](auto& context) {
    SSL_CTX_set_security_level(context.native_handle(), 0);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_1_VERSION);
  });
  Attempt attempt(peer.port(), trusting(authority));
  EXPECT_EQ(attempt.tls_fault().kind, Kind::no_common_version) << attempt.tls_fault().what;
}

TEST_F(client_stream, ends_the_attempt_at_the_deadline) {
  boost::asio::io_context io;
  tcp::acceptor silent(io, {boost::asio::ip::address_v4::loopback(), 0});
  Attempt attempt(silent.local_endpoint().port(), trusting(authority), "127.0.0.1", 50ms);
  ASSERT_TRUE(attempt.fault);
  EXPECT_EQ(attempt.fault->step, Step::tls);
  EXPECT_TRUE(attempt.fault->timed_out);
}

TEST_F(client_stream, a_refused_connection_is_the_networks_fault) {
  boost::asio::io_context io;
  const std::uint16_t unused =
      tcp::acceptor(io, {boost::asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
  Attempt attempt(unused, trusting(authority));
  EXPECT_EQ(attempt.fault->step, Step::tcp);
  EXPECT_EQ(attempt.fault->error, boost::asio::error::connection_refused);
  EXPECT_FALSE(attempt.fault->tls);
}

TEST_F(client_stream, tells_nothing_after_it_was_closed) {
  boost::asio::io_context io;
  tcp::acceptor silent(io, {boost::asio::ip::address_v4::loopback(), 0});
  bool told = false;
  ClientStream stream(io);
  stream.connect(
      {"127.0.0.1", silent.local_endpoint().port(), {}, 10s}, [&](const auto&) { told = true; },
      [&](Step, const std::string&) { stream.close(); });
  io.run_for(10s);
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace wsf::net
