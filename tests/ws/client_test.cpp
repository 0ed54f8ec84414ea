#include "ws/client.hpp"

#include "ws/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>

namespace wsf::ws {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Stage = ConnectFailure::Stage;

// Runs one Client to its end and keeps what it told.
class Listener : public ClientEvents {
 public:
  explicit Listener(std::uint16_t port, const std::function<void(ClientOptions&)>& adjust = {}) {
    ClientOptions options{.url = {"127.0.0.1", port, "/ws"}, .user_agent = "test"};
    if (adjust) adjust(options);
    client = std::make_unique<Client>(io, options, *this);
  }
  explicit Listener(const ScriptedServer& server) : Listener(server.port()) {}

  void run() {
    client->connect();
    io.run_for(10s);
  }

  void on_passed(Stage stage, const std::string& what) override {
    passed.emplace_back(stage, what);
    if (when_passed) when_passed();
  }
  void on_open() override {
    opened = true;
    if (when_open) when_open();
  }
  void on_text(std::string_view message) override {
    texts.emplace_back(message);
    if (when_text) when_text();
  }
  void on_pong(std::string_view payload) override {
    pongs.emplace_back(payload);
    if (when_pong) when_pong();
  }
  void on_failed(const ConnectFailure& what) override {
    failure = what;
    io.stop();
  }
  void on_closed(const Closed& what) override {
    closed = what;
    io.stop();
  }

  boost::asio::io_context io;
  std::unique_ptr<Client> client;
  std::function<void()> when_passed, when_open, when_text, when_pong;
  bool opened = false;
  std::vector<std::pair<Stage, std::string>> passed;
  std::vector<std::string> texts, pongs;
  std::optional<ConnectFailure> failure;
  std::optional<Closed> closed;
};

std::uint16_t unused_port() {
  boost::asio::io_context io;
  return tcp::acceptor(io, {boost::asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
}

TEST(client, tells_of_each_stage_that_it_passes) {
  ScriptedServer server(upgraded([](ServerStream& s) { read_to_end(s); }));
  Listener l(server);
  l.when_open = [&] { l.client->close(); };
  l.run();
  EXPECT_THAT(l.passed, ElementsAre(std::pair(Stage::name, "127.0.0.1"),
                                    std::pair(Stage::tcp, "127.0.0.1:" + std::to_string(server.port()))));
}

TEST(client, may_be_destroyed_while_it_tells_of_a_stage) {
  ScriptedServer server([](tcp::socket& s) {
    boost::system::error_code ec;
    char byte = 0;
    s.read_some(boost::asio::buffer(&byte, 1), ec);
  });
  Listener l(server);
  l.when_passed = [&] {
    if (l.passed.back().first == Stage::tcp) l.client.reset();
  };
  l.run();
  EXPECT_EQ(l.passed.size(), 2u);
  EXPECT_FALSE(l.opened || l.failure || l.closed);
}

TEST(client, sends_and_receives_texts_in_order) {
  std::promise<std::string> first, second;
  ScriptedServer server(upgraded([&](ServerStream& s) {
    first.set_value(receive(s));
    second.set_value(receive(s));
    send(s, "one");
    send(s, "two");
    read_to_end(s);
  }));
  Listener l(server);
  l.when_open = [&] {
    EXPECT_TRUE(l.client->send("a"));
    EXPECT_TRUE(l.client->send("b"));
  };
  l.when_text = [&] {
    if (l.texts.size() == 2) l.client->close();
  };
  l.run();
  EXPECT_EQ(first.get_future().get(), "a");
  EXPECT_EQ(second.get_future().get(), "b");
  EXPECT_THAT(l.texts, ElementsAre("one", "two"));
  ASSERT_TRUE(l.closed);
  EXPECT_EQ(l.closed->by, Closed::By::us);
}

TEST(client, upgrade_request_carries_the_given_headers) {
  std::promise<boost::beast::http::request<boost::beast::http::string_body>> seen;
  ScriptedServer server([&](tcp::socket& socket) {
    boost::beast::flat_buffer buffer;
    boost::beast::http::request<boost::beast::http::string_body> request;
    boost::beast::http::read(socket, buffer, request);
    seen.set_value(request);
  });
  Listener l(server.port(), [](ClientOptions& o) {
    o.headers = {{"Authorization", "Bearer t"}, {"Origin", "https://app.example"}};
  });
  l.run();
  const auto request = seen.get_future().get();
  EXPECT_EQ(request["Authorization"], "Bearer t");
  EXPECT_EQ(request["Origin"], "https://app.example");
  EXPECT_EQ(request["User-Agent"], "test");
  EXPECT_EQ(request["Host"], "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(request.target(), "/ws");
}

TEST(client, tells_code_and_reason_of_the_servers_close) {
  ScriptedServer server(upgraded([](ServerStream& s) {
    s.close({static_cast<boost::beast::websocket::close_code>(1012), "service restart"});
  }));
  Listener l(server);
  l.run();
  ASSERT_TRUE(l.closed);
  EXPECT_EQ(l.closed->by, Closed::By::peer);
  EXPECT_EQ(l.closed->code, 1012);
  EXPECT_EQ(l.closed->reason, "service restart");
}

TEST(client, an_empty_close_frame_is_code_1005) {
  ScriptedServer server(upgraded([](ServerStream& s) { s.close({}); }));
  Listener l(server);
  l.run();
  ASSERT_TRUE(l.closed);
  EXPECT_EQ(l.closed->code, 1005);
}

TEST(client, a_lost_line_is_code_1006) {
  ScriptedServer server(upgraded([](ServerStream& s) { s.next_layer().close(); }));
  Listener l(server);
  l.run();
  ASSERT_TRUE(l.closed);
  EXPECT_EQ(l.closed->by, Closed::By::line);
  EXPECT_EQ(l.closed->code, 1006);
}

TEST(client, a_silent_line_is_given_up_after_the_idle_timeout) {
  std::promise<void> over;
  ScriptedServer server(upgraded([&](ServerStream&) { over.get_future().wait(); }));
  Listener l(server.port(), [](ClientOptions& o) { o.idle_timeout = 1s; });
  l.run();
  over.set_value();
  ASSERT_TRUE(l.closed);
  EXPECT_THAT(l.closed->reason, HasSubstr("no sign of life"));
}

TEST(client, a_ping_comes_back_with_its_payload) {
  ScriptedServer server(upgraded(read_to_end));
  Listener l(server);
  l.when_open = [&] { EXPECT_TRUE(l.client->ping("seq 1")); };
  l.when_pong = [&] { l.client->close(); };
  l.run();
  EXPECT_THAT(l.pongs, ElementsAre("seq 1"));
}

TEST(client, a_server_that_ignores_our_close_is_left_after_the_close_timeout) {
  std::promise<void> over;
  ScriptedServer server(upgraded([&](ServerStream&) { over.get_future().wait(); }));
  Listener l(server.port(), [](ClientOptions& o) { o.close_timeout = 50ms; });
  l.when_open = [&] { l.client->close(); };
  l.run();
  over.set_value();
  ASSERT_TRUE(l.closed);
  EXPECT_EQ(l.closed->by, Closed::By::us);
}

TEST(client, refuses_binary_messages_with_1003) {
  std::promise<int> code;
  ScriptedServer server(upgraded([&](ServerStream& s) {
    s.binary(true);
    s.write(boost::asio::buffer("x", 1));
    read_to_end(s);
    code.set_value(s.reason().code);
  }));
  Listener l(server);
  l.run();
  EXPECT_EQ(code.get_future().get(), 1003);
  EXPECT_TRUE(l.texts.empty());
}

TEST(client, a_message_above_the_limit_ends_the_connection) {
  ScriptedServer server(upgraded([](ServerStream& s) {
    send(s, std::string(1000, 'x'));
    read_to_end(s);
  }));
  Listener l(server.port(), [](ClientOptions& o) { o.max_message_bytes = 100; });
  l.run();
  ASSERT_TRUE(l.closed);
  EXPECT_EQ(l.closed->code, 1009);
}

TEST(client, queue_is_bounded) {
  ScriptedServer server(upgraded(read_to_end));
  Listener l(server);
  l.when_open = [&] {
    for (std::size_t i = 0; i < kMaxQueuedMessages; ++i) EXPECT_TRUE(l.client->send("x"));
    EXPECT_FALSE(l.client->send("one too many"));
    l.client->close();
  };
  l.run();
  EXPECT_TRUE(l.closed);
}

TEST(client, sends_nothing_before_it_is_open) {
  Listener l(unused_port());
  EXPECT_FALSE(l.client->send("x"));
}

TEST(client, destroyed_in_a_handler_tells_nothing_more) {
  ScriptedServer server(upgraded([](ServerStream& s) {
    send(s, "one");
    send(s, "two");
    read_to_end(s);
  }));
  Listener l(server);
  l.when_text = [&] { l.client.reset(); };
  l.run();
  EXPECT_THAT(l.texts, ElementsAre("one"));
  EXPECT_FALSE(l.closed);
}

TEST(client, a_closed_port_fails_at_tcp) {
  Listener l(unused_port());
  l.run();
  ASSERT_TRUE(l.failure);
  EXPECT_EQ(l.failure->stage, Stage::tcp);
  EXPECT_EQ(l.failure->error, boost::asio::error::connection_refused);
  EXPECT_FALSE(l.opened);
}

TEST(client, an_http_refusal_gives_its_status_words_and_body) {
  ScriptedServer server(answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 18\r\n\r\nOrigin not allowed"));
  Listener l(server);
  l.run();
  ASSERT_TRUE(l.failure);
  EXPECT_EQ(l.failure->stage, Stage::upgrade);
  EXPECT_EQ(l.failure->http_status, 403u);
  EXPECT_EQ(l.failure->http_reason, "Forbidden");
  EXPECT_EQ(l.failure->http_body, "Origin not allowed");
}

TEST(client, a_server_that_speaks_no_http_fails_at_the_upgrade) {
  ScriptedServer server(answering("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  Listener l(server);
  l.run();
  ASSERT_TRUE(l.failure);
  EXPECT_EQ(l.failure->stage, Stage::upgrade);
  EXPECT_EQ(l.failure->http_status, 0u);
}

TEST(client, a_101_without_the_right_key_is_no_websocket) {
  ScriptedServer server(
      answering("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Accept: nonsense\r\n\r\n"));
  Listener l(server);
  l.run();
  ASSERT_TRUE(l.failure);
  EXPECT_EQ(l.failure->stage, Stage::upgrade);
}

TEST(client, a_server_that_never_answers_the_upgrade_times_out) {
  std::promise<void> over;
  ScriptedServer server([&](tcp::socket&) { over.get_future().wait(); });
  Listener l(server.port(), [](ClientOptions& o) { o.connect_timeout = 50ms; });
  l.run();
  over.set_value();
  ASSERT_TRUE(l.failure);
  EXPECT_EQ(l.failure->stage, Stage::upgrade);
  EXPECT_TRUE(l.failure->timed_out);
}

}  // namespace
}  // namespace wsf::ws
