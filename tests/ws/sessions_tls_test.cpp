// Sessions under TLS: they know nothing of it, and keep their promises.

#include "net/tls_pair.hpp"
#include "sessions_fixture.hpp"
#include "ws/tls_kernel.hpp"

namespace wsf::ws {
namespace {

class SessionsUnderTls : public testing::TestWithParam<std::size_t> {
 protected:
  SessionsUnderTls() {
    app.sessions = &sessions;
    base.together = GetParam();
  }

  void turn() {
    base[kFd].incoming += client.take_out();
    events({base[kFd].token, !base[kFd].incoming.empty(), base[kFd].takes > 0});
    client.hear(std::exchange(base[kFd].written, {}));
  }
  void events(const ReadyEvent& event) {
    for (const ReadyEvent& told : kernel.translate({&event, 1})) sessions.on_ready(told);
    sessions.flush();
  }
  void open() {
    sessions.adopt(kFd);
    client.begin();
    turn();
    turn();
    client.say(kRequest);
    turn();
    texts();
  }
  void publish(hub::KeyId key, std::string_view text) {
    sessions.publish(0, update(key, text));
    sessions.flush();
  }
  void pass(std::int64_t ms) {
    for (const std::int64_t end = now + ms; now < end;) {
      now += TimerWheel::kTickMs;
      sessions.advance(now);
      sessions.flush();
    }
  }
  // Of the frames that the client could decrypt.
  std::vector<std::string> texts() {
    std::string bytes = client.take_heard();
    if (const auto head = bytes.find("\r\n\r\n"); bytes.starts_with("HTTP/")) bytes.erase(0, head + 4);
    std::span<char> rest(bytes);
    FrameReader reader(Role::client, 1 << 20);
    std::vector<std::string> all;
    for (FrameEvent event = reader.next(rest); event.kind != FrameEvent::Kind::need_more; event = reader.next(rest)) {
      if (event.kind == FrameEvent::Kind::close) {
        all.push_back("close " + std::to_string(event.close_code));
        break;
      }
      all.emplace_back(event.payload);
    }
    return all;
  }

  net::TlsPair pair;
  net::TlsEnd client{pair.client->new_session("localhost")};
  ScriptedKernel base;
  TlsKernel kernel{base, [this] { return pair.server; }};
  EchoApplication app;
  std::int64_t now = 1'000'000;
  Sessions sessions{kernel, app, Limits(), now};
};
INSTANTIATE_TEST_SUITE_P(SendsTogether, SessionsUnderTls, testing::Values(1, 256));

TEST_P(SessionsUnderTls, a_client_is_upgraded_and_hears_what_is_published) {
  open();
  publish(1, "update");
  turn();
  EXPECT_EQ(texts(), std::vector<std::string>{"update"});
  client.say(masked(Opcode::text, "echo"));
  turn();
  EXPECT_EQ(texts(), std::vector<std::string>{"echo"});
}

TEST_P(SessionsUnderTls, a_slow_client_gets_what_was_on_its_way_and_then_the_newest_of_each_key) {
  open();
  base[kFd].takes = 10;
  publish(1, "a1");  // its record is made
  publish(1, "a2");  // and what follows waits as plaintext, which can be conflated
  publish(2, "b1");
  pass(250);
  publish(1, "a3");
  base[kFd].takes = SIZE_MAX;
  turn();
  turn();
  EXPECT_EQ(texts(), (std::vector<std::string>{"a1", "a3", "b1"}));
  EXPECT_EQ(sessions.counters().conflated.value(), 1u);
}

TEST_P(SessionsUnderTls, a_client_that_takes_nothing_is_closed_as_a_slow_consumer_and_can_read_why) {
  open();
  base[kFd].takes = 1;
  for (int i = 0; i < 3; ++i) publish(1, "update");
  pass(700);
  base[kFd].takes = SIZE_MAX;
  turn();
  turn();
  EXPECT_EQ(texts(), (std::vector<std::string>{"update", "close 4000"}));
}

TEST_P(SessionsUnderTls, a_closing_handshake_ends_with_goodbyes) {
  open();
  client.say(masked_close(1000));
  turn();
  turn();
  EXPECT_EQ(texts(), std::vector<std::string>{"close 1000"});
  EXPECT_TRUE(client.ended);
  EXPECT_TRUE(base[kFd].fin);
  client.engine.finish(client.out);
  turn();
  EXPECT_TRUE(base[kFd].closed);
}

TEST_P(SessionsUnderTls, who_never_ends_the_handshake_is_dropped_without_a_word) {
  sessions.adopt(kFd);
  client.begin();
  client.out.resize(20);
  turn();
  pass(2'100);
  EXPECT_EQ(base[kFd].written, "");
  EXPECT_TRUE(base[kFd].fin);
  pass(Sessions::kLingerMs + 100);
  EXPECT_TRUE(base[kFd].closed);
}

}  // namespace
}  // namespace wsf::ws
