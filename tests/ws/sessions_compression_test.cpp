#include "fakes/scripted_kernel.hpp"
#include "ws/compressed_peer.hpp"
#include "ws/sessions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace wsf::ws {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;

const std::string kHello = "\xf2\x48\xcd\xc9\xc9\x07\x00"s;
const std::string kUpdate = std::string(100, 'a') + std::string(100, 'b') + std::string(100, 'c');

class Server final : public Application {
 public:
  std::vector<std::string> texts;
  std::vector<std::uint16_t> closes;
  std::uint8_t profile = 0;

  RequestAnswer on_request(Slot, const HttpRequest& request) override {
    if (auto refusal = refuse_upgrade(request)) return *refusal;
    return Upgrade{{}, accept_deflate(request.extensions), profile};
  }
  void on_open(Slot) override {}
  void on_text(Slot, std::string_view text) override { texts.emplace_back(text); }
  void on_binary(Slot, std::string_view) override {}
  void on_close(Slot, const Ending& ending) override { closes.push_back(ending.code); }
};

class SessionsCompressionTest : public testing::Test {
 protected:
  static SessionLimits small_limits() {
    SessionLimits limits;
    limits.heartbeat_ms = 0;
    limits.max_message_bytes = 1000;
    return limits;
  }

  // Opens the next session with this offer; the server's answer.
  std::string open(std::string_view offer) {
    const int fd = ++last_fd;
    sessions.adopt(fd);
    receive(
        "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
        std::string(offer) + "\r\n");
    return written(fd);
  }
  void open_deflating() { open("Sec-WebSocket-Extensions: permessage-deflate\r\n"); }
  void receive(std::string_view bytes) {
    kernel[last_fd].incoming += bytes;
    sessions.on_ready(kernel.readable(last_fd));
    sessions.flush();
  }
  void publish_to_all(std::string_view text) {
    SharedFrame frame(frame_of(Opcode::text, text));
    for (Slot slot = 0; slot < sessions.slots(); ++slot) sessions.publish(slot, frame);
    sessions.flush();
  }
  std::string written(int fd) { return std::exchange(kernel[fd].written, {}); }
  std::vector<std::string> messages(int fd) { return messages_in(written(fd)); }

  ScriptedKernel kernel;
  Server app;
  int last_fd = 0;
  Sessions sessions{kernel, app, small_limits(), 0};
};

TEST_F(SessionsCompressionTest, the_101_tells_what_was_agreed_on) {
  EXPECT_NE(open("Sec-WebSocket-Extensions: x; y=1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n")
                .find("\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                      "client_no_context_takeover\r\n"),
            std::string::npos);
  EXPECT_EQ(open("Sec-WebSocket-Extensions: x; y=1\r\n").find("Extensions"), std::string::npos);
  EXPECT_EQ(open("").find("Extensions"), std::string::npos);
}

TEST_F(SessionsCompressionTest, a_malformed_offer_is_refused) {
  EXPECT_TRUE(open("Sec-WebSocket-Extensions: permessage-deflate;;\r\n").starts_with("HTTP/1.1 400 "));
}

TEST_F(SessionsCompressionTest, a_compressed_message_reaches_the_application_expanded) {
  open_deflating();
  receive(masked_compressed(Opcode::text, kHello));
  EXPECT_THAT(app.texts, ElementsAre("Hello"));
}

TEST_F(SessionsCompressionTest, a_compressed_message_that_was_not_agreed_on_is_a_breach) {
  open("");
  receive(masked_compressed(Opcode::text, kHello));
  EXPECT_THAT(messages(1), ElementsAre("close 1002 protocol error"));
}

TEST_F(SessionsCompressionTest, broken_data_and_bombs_close_the_session) {
  open_deflating();
  receive(masked_compressed(Opcode::text, "\xff\xff"));
  EXPECT_THAT(messages(1), ElementsAre("close 1007 invalid compressed data"));
  open_deflating();
  receive(masked_compressed(Opcode::text, Deflater().deflate(std::string(100'000, 'x'))));
  EXPECT_THAT(messages(2), ElementsAre("close 1009 message too big"));
  EXPECT_THAT(app.closes, ElementsAre(1007, 1009));
  EXPECT_EQ(sessions.counters().protocol_errors.value(), 2U);
}

TEST_F(SessionsCompressionTest, a_frame_is_compressed_once_for_all_who_take_it_so) {
  open("");
  open_deflating();
  open_deflating();
  publish_to_all(kUpdate);
  EXPECT_THAT(messages(1), ElementsAre(kUpdate));
  const std::string bytes = written(2);
  EXPECT_EQ(written(3), bytes);
  EXPECT_THAT(messages_in(bytes), ElementsAre("z:" + kUpdate));
  EXPECT_EQ(sessions.counters().frames_compressed.value(), 1U);
}

TEST_F(SessionsCompressionTest, nothing_is_compressed_when_nobody_takes_it_so) {
  open("");
  publish_to_all(kUpdate);
  EXPECT_EQ(sessions.counters().frames_compressed.value(), 0U);
}

TEST_F(SessionsCompressionTest, a_short_message_goes_as_it_is) {
  open_deflating();
  publish_to_all(std::string(Deflater::kLeastBytes - 1, 'x'));
  publish_to_all(std::string(Deflater::kLeastBytes, 'x'));
  EXPECT_THAT(messages(1), ElementsAre(std::string(Deflater::kLeastBytes - 1, 'x'),
                                       "z:" + std::string(Deflater::kLeastBytes, 'x')));
}

TEST_F(SessionsCompressionTest, a_message_longer_than_the_clients_window_goes_as_it_is) {
  open("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n");
  publish_to_all(std::string(500, 'x'));
  publish_to_all(std::string(600, 'x'));
  EXPECT_THAT(messages(1), ElementsAre("z:" + std::string(500, 'x'), std::string(600, 'x')));
}

TEST_F(SessionsCompressionTest, sessions_that_compress_are_counted_while_they_are_open) {
  open("");
  open_deflating();
  EXPECT_EQ(sessions.counters().compressed_sessions.value(), 1);
  kernel[last_fd].peer_ended = true;
  receive("");
  EXPECT_EQ(sessions.counters().compressed_sessions.value(), 0);
}

// Sessions that keep a context get a stream that they share.
class SessionsContextTest : public SessionsCompressionTest {
 protected:
  SessionsContextTest() {
    SessionProfile own = sessions.usual_profile();
    own.context = true;
    app.profile = sessions.add_profile(own);
  }
  void publish_next(const std::string& text) {
    hub::FrameSubject subject;
    subject.key = 7;
    subject.position = base::Position(0, ++number);
    subject.remaker = &remaker;
    SharedFrame frame(frame_of(Opcode::text, text, subject));
    last = text;
    for (Slot slot = 0; slot < sessions.slots(); ++slot) sessions.publish_next(slot, frame, history);
    sessions.flush();
    history += text;
  }
  static std::string price(int cents) {
    return R"([{"op":"replace","path":"/quotes/AAPL/current_price","value":)" + std::to_string(cents) + "}]";
  }

  // What is made anew says only what is newest.
  struct Newest final : hub::Remaker {
    const std::string& text;
    explicit Newest(const std::string& newest) : text(newest) {}
    hub::FramePtr remake(const hub::Frame& newest, std::uint32_t,
                         const std::optional<base::Position>&) const override {
      return frame_of(Opcode::text, text, newest.subject());
    }
  };

  std::string history, last;
  std::int64_t number = 0;
  Newest remaker{last};
};

TEST_F(SessionsContextTest, the_101_does_not_promise_messages_that_stand_alone) {
  EXPECT_NE(open("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
                .find("permessage-deflate; client_no_context_takeover\r\n"),
            std::string::npos);
  EXPECT_NE(open("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n")
                .find("permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"),
            std::string::npos);
}

TEST_F(SessionsContextTest, a_message_refers_to_those_before_it) {
  open_deflating();
  KeepingInflater client;
  publish_next(price(15025));
  const std::string first = written(1);
  EXPECT_THAT(client.messages_in(first), ElementsAre("z:" + price(15025)));
  publish_next(price(15026));
  const std::string second = written(1);
  EXPECT_THAT(client.messages_in(second), ElementsAre("z:" + price(15026)));
  EXPECT_LT(second.size(), 16U);
  EXPECT_LT(second.size() * 3, first.size());
}

TEST_F(SessionsContextTest, who_comes_later_is_told_in_reference_to_what_it_had_and_the_others_share) {
  open_deflating();
  open_deflating();
  publish_next(price(1));
  open_deflating();
  KeepingInflater late;
  written(1);
  written(2);
  publish_next(price(2));
  EXPECT_THAT(late.messages_in(written(3)), ElementsAre("z:" + price(2)));
  EXPECT_EQ(written(1), written(2));
  publish_next(price(3));
  EXPECT_THAT(late.messages_in(written(3)), ElementsAre("z:" + price(3)));
  EXPECT_EQ(sessions.counters().frames_compressed.value(), 1U + 2U + 2U);
}

TEST_F(SessionsContextTest, after_something_was_left_out_messages_stand_alone_again) {
  open_deflating();
  KeepingInflater client;
  publish_next(price(1));
  kernel[1].takes = 0;
  publish_next(price(2));
  sessions.advance(1'001);
  publish_next(price(3));
  publish_next(price(4));
  kernel[1].takes = SIZE_MAX;
  sessions.on_ready(kernel.writable(1));
  sessions.flush();
  publish_next(price(5));
  EXPECT_THAT(client.messages_in(written(1)), ElementsAre("z:" + price(1), price(4), "z:" + price(5)));
}

TEST_F(SessionsContextTest, no_reference_goes_beyond_the_clients_window) {
  open("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n");
  KeepingInflater client(9);
  const std::string long_one(400, 'x'), longer(600, 'y');
  publish_next(long_one);
  publish_next(longer);
  publish_next(price(1));
  EXPECT_THAT(client.messages_in(written(1)), ElementsAre("z:" + long_one, longer, "z:" + price(1)));
}

}  // namespace
}  // namespace wsf::ws
