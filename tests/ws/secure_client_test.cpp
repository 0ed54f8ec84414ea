// A client of wss:// against Beast's own stream over TLS.

#include "fakes/scratch_folder.hpp"
#include "net/client_tls.hpp"
#include "net/tls_peer.hpp"
#include "ws/client.hpp"

#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::ws {
namespace {

using namespace std::chrono_literals;
using Stage = ConnectFailure::Stage;
using SecureStream = boost::beast::websocket::stream<net::TlsSocket&>;

class secure_client : public ::testing::Test, private ClientEvents {
 protected:
  void run(const net::TlsPeer& peer, net::TlsFiles files = {}) {
    files.ca = folder.file("ca.pem");
    write_file(files.ca, authority.certificate());
    ClientOptions options{.url = {"127.0.0.1", peer.port(), "/ws", true}};
    options.tls = net::ClientTls::read(files).value();
    client = std::make_unique<Client>(io, options, static_cast<ClientEvents&>(*this));
    client->connect();
    io.run_for(10s);
  }

  void on_passed(Stage stage, const std::string&) override { passed.push_back(stage); }
  void on_open() override {
    client->send("question");
    opened = true;
  }
  void on_text(std::string_view message) override {
    texts.emplace_back(message);
    client->close();
  }
  void on_failed(const ConnectFailure& what) override { failure = what; }
  void on_closed(const Closed& what) override { closed = what; }

  ScratchFolder folder;
  TestAuthority authority;
  boost::asio::io_context io;
  std::unique_ptr<Client> client;
  bool opened = false;
  std::vector<Stage> passed;
  std::vector<std::string> texts;
  std::optional<ConnectFailure> failure;
  std::optional<Closed> closed;
};

void answer(net::TlsSocket& socket) {
  SecureStream stream(socket);
  stream.accept();
  boost::beast::flat_buffer buffer;
  stream.read(buffer);
  stream.write(boost::asio::buffer(std::string("answer")));
  stream.read(buffer);  // its close
}

TEST_F(secure_client, talks_over_tls_and_closes_in_good_order) {
  net::TlsPeer peer(authority.sign(), answer);
  run(peer);
  EXPECT_THAT(passed, ::testing::ElementsAre(Stage::name, Stage::tcp, Stage::tls));
  EXPECT_THAT(texts, ::testing::ElementsAre("answer"));
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->by, Closed::By::us);
  EXPECT_EQ(closed->code, 1000);
}

TEST_F(secure_client, says_what_is_wrong_with_the_certificate) {
  net::TlsPeer peer(authority.sign({.names = "DNS:prices.example"}), answer);
  run(peer);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->stage, Stage::tls);
  ASSERT_TRUE(failure->tls);
  EXPECT_EQ(failure->tls->kind, net::TlsFault::Kind::other_host);
}

TEST_F(secure_client, says_that_a_client_certificate_is_wanted) {
  net::TlsPeer peer(authority.sign(), answer, [this](boost::asio::ssl::context& context) {
    context.add_certificate_authority(boost::asio::buffer(authority.certificate()));
    context.set_verify_mode(boost::asio::ssl::verify_peer | boost::asio::ssl::verify_fail_if_no_peer_cert);
  });
  run(peer);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->stage, Stage::tls);
  ASSERT_TRUE(failure->tls);
  EXPECT_EQ(failure->tls->kind, net::TlsFault::Kind::certificate_wanted);
}

TEST_F(secure_client, a_line_that_ends_without_a_goodbye_is_lost) {
  net::TlsPeer peer(authority.sign(), [](net::TlsSocket& socket) {
    SecureStream stream(socket);
    stream.accept();
    boost::beast::flat_buffer buffer;
    stream.read(buffer);
    socket.lowest_layer().close();
  });
  run(peer);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->by, Closed::By::line);
  EXPECT_EQ(closed->reason, "the server ended the connection");
}

}  // namespace
}  // namespace wsf::ws
