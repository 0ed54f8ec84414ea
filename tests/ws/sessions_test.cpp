#include "sessions_fixture.hpp"

namespace wsf::ws {
namespace {

TEST_P(SessionsTest, an_upgrade_is_answered_and_what_on_open_sends_follows_it) {
  adopt();
  receive(kRequest);
  const std::string answer = written();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 "));
  EXPECT_NE(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n\x81\x07welcome"));
}

TEST_P(SessionsTest, a_request_may_come_byte_by_byte) {
  adopt();
  for (const char c : kRequest) receive({&c, 1});
  EXPECT_EQ(app.open, 1);
}

TEST_P(SessionsTest, frames_that_came_with_the_request_are_read) {
  adopt();
  receive(std::string(kRequest) + masked(Opcode::text, "early"));
  EXPECT_TRUE(
      written().ends_with("\x81\x05"
                          "early"));
}

TEST_P(SessionsTest, a_plain_request_gets_its_reply_and_the_stream_is_ended) {
  adopt();
  receive("GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(written().starts_with("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_TRUE(kernel[kFd].fin);
  EXPECT_FALSE(kernel[kFd].closed);  // a reset could still destroy the answer
  kernel[kFd].peer_ended = true;
  receive("");
  EXPECT_TRUE(kernel[kFd].closed);
  EXPECT_TRUE(sessions.empty());
}

TEST_P(SessionsTest, a_peer_that_does_not_end_the_stream_is_cut_off) {
  adopt();
  receive("GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
  pass(Sessions::kLingerMs + 200);
  EXPECT_TRUE(kernel[kFd].closed);
}

TEST_P(SessionsTest, a_peer_that_sends_on_without_an_end_is_cut_off_before_its_time) {
  adopt();
  receive("GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string more(Sessions::kReadBytes, 'x');
  for (std::size_t sent = 0; sent < Sessions::kLingerMs * Sessions::kLingerBytesPerMs; sent += more.size())
    receive(more);
  EXPECT_TRUE(kernel[kFd].closed);
}

TEST_P(SessionsTest, an_endless_request_is_refused_with_431) {
  adopt();
  receive("GET /ws HTTP/1.1\r\nX: ");
  receive(std::string(kMaxRequestBytes, 'x'));
  EXPECT_TRUE(written().starts_with("HTTP/1.1 431 "));
}

TEST_P(SessionsTest, a_line_that_other_readers_may_see_otherwise_is_refused_as_soon_as_it_shows) {
  for (const char* begin :
       {"GET /ws HTTP/1.1\n", "GET /ws HTTP/1.1\r\nHost: h\r\n ", "GET /ws HTTP/1.1\r\nX: a\r\n\t"}) {
    adopt();
    for (const char c : std::string_view(begin)) receive({&c, 1});
    EXPECT_TRUE(written().starts_with("HTTP/1.1 400 ")) << begin;
    kernel[kFd].peer_ended = true;
    receive("");
    kernel[kFd] = {};
  }
}

TEST_P(SessionsTest, what_cannot_become_a_request_is_refused_with_its_first_byte) {
  adopt();
  receive("\x16\x03\x01");
  EXPECT_TRUE(written().starts_with("HTTP/1.1 400 "));
}

TEST_P(SessionsTest, a_request_that_takes_too_long_is_answered_and_ended) {
  adopt();
  receive("GET /ws HT");
  pass(2'100);
  EXPECT_TRUE(written().starts_with("HTTP/1.1 408 "));
}

TEST_P(SessionsTest, a_request_given_up_is_no_part_of_the_next_one_in_its_slot) {
  adopt();
  receive("GET /other HTTP/1.1\r\n");
  pass(2'000 + Sessions::kLingerMs);
  ASSERT_TRUE(kernel[kFd].closed);
  adopt(7);
  receive(kRequest, 7);
  EXPECT_TRUE(written(7).starts_with("HTTP/1.1 101 "));
  EXPECT_EQ(app.open, 1);
}

TEST_P(SessionsTest, texts_reach_the_application_and_its_answers_go_out_in_order) {
  open();
  receive(masked(Opcode::text, "one") + masked(Opcode::text, "two"));
  EXPECT_EQ(frames(), "one two");
}

TEST_P(SessionsTest, a_ping_is_answered_with_its_own_payload) {
  open();
  receive(masked(Opcode::ping, "p"));
  EXPECT_EQ(frames(), "pong:p");
}

TEST_P(SessionsTest, the_peers_close_is_answered_bye) {
  open();
  receive(masked_close(1000));
  EXPECT_EQ(frames(), "close 1000 bye");
  EXPECT_TRUE(kernel[kFd].fin);
  EXPECT_EQ(app.closes, (std::vector<std::uint16_t>{1000}));
}

TEST_P(SessionsTest, another_code_of_the_peer_is_given_back) {
  open();
  receive(masked_close(1001));
  EXPECT_EQ(frames(), "close 1001 ");
}

TEST_P(SessionsTest, after_the_peers_close_the_rest_is_ignored) {
  open();
  receive(masked_close(1000) + masked(Opcode::text, "late"));
  EXPECT_EQ(frames(), "close 1000 bye");
}

TEST_P(SessionsTest, a_breach_of_the_protocol_closes_with_its_code) {
  open();
  receive("\x81\x01x");  // not masked
  EXPECT_EQ(frames(), "close 1002 protocol error");
  EXPECT_EQ(sessions.counters().protocol_errors.value(), 1u);
}

TEST_P(SessionsTest, a_session_that_the_application_closes_waits_for_the_peers_close) {
  open();
  receive(masked(Opcode::binary, "x"));
  EXPECT_EQ(frames(), "close 1003 binary not supported");
  EXPECT_FALSE(kernel[kFd].fin);
  receive(masked(Opcode::text, "ignored") + masked_close(1003));
  EXPECT_EQ(frames(), "");
  EXPECT_TRUE(kernel[kFd].fin);
}

TEST_P(SessionsTest, a_peer_that_never_answers_a_close_is_cut_off) {
  open();
  sessions.close(0, protocol::CloseCause::service_restart);
  sessions.flush();
  EXPECT_EQ(frames(), "close 1012 service restart");
  pass(Sessions::kCloseTimeoutMs + 200);
  EXPECT_TRUE(kernel[kFd].closed);
  EXPECT_EQ(app.closes, (std::vector<std::uint16_t>{1012}));
}

TEST_P(SessionsTest, a_lost_connection_is_told_once_as_1006) {
  open();
  kernel[kFd].peer_ended = true;
  receive("");
  EXPECT_EQ(app.closes, (std::vector<std::uint16_t>{1006}));
  EXPECT_TRUE(kernel[kFd].closed);
}

TEST_P(SessionsTest, a_reset_after_the_closing_handshake_is_no_failure) {
  open();
  receive(masked_close(1000));
  kernel.fail_operation(1);
  receive("");
  EXPECT_TRUE(kernel.failed() && kernel[kFd].closed);
  EXPECT_EQ(sessions.counters().io_errors.value(), 0u);
}

TEST_P(SessionsTest, pings_go_out_in_time_and_silence_after_one_ends_the_session) {
  open();
  pass(1'100);
  EXPECT_EQ(frames(), "ping");
  receive(masked(Opcode::pong, ""));
  pass(1'000);
  EXPECT_EQ(frames(), "ping");
  pass(1'100);
  EXPECT_EQ(frames(), "close 1001 heartbeat timeout");
}

TEST_P(SessionsTest, all_that_a_batch_brought_is_one_write) {
  open();
  const int before = kernel.operations();
  for (int i = 0; i < 8; ++i) sessions.publish(0, update(1, std::to_string(i)));
  sessions.flush();
  EXPECT_EQ(kernel.operations() - before, 1);
  EXPECT_EQ(frames(), "0 1 2 3 4 5 6 7");
}

TEST_P(SessionsTest, of_a_batch_that_is_taken_in_part_the_rest_follows_in_order) {
  open();
  kernel[kFd].takes = 7;
  for (int i = 0; i < 8; ++i) sessions.publish(0, update(1, std::to_string(i)));
  sessions.flush();
  for (int i = 8; i < 10; ++i) publish(1, std::to_string(i));
  unblock();
  EXPECT_EQ(frames(), "0 1 2 3 4 5 6 7 8 9");
}

TEST_P(SessionsTest, what_a_callback_queues_during_a_flush_goes_out_with_the_next) {
  open(5);
  open(6);
  app.told_at_close = 0;
  kernel.fail_operation(2);  // the flush below ends the second session
  for (const Slot slot : {0u, 1u}) sessions.publish(slot, update(1, "news"));
  sessions.flush();
  sessions.flush();
  EXPECT_EQ(frames(5), "news closed");
}

TEST_P(SessionsTest, a_pair_dropped_before_the_flush_is_not_sent) {
  open();
  sessions.publish(0, update(1, "kept"));
  sessions.publish(0, update(2, "dropped"));
  sessions.drop_key(0, 2);
  sessions.publish(0, update(1, "later"));
  sessions.flush();
  EXPECT_EQ(frames(), "kept later");
}

TEST_P(SessionsTest, a_peer_that_lets_replies_pile_up_is_not_read_until_it_takes_them) {
  open();
  kernel[kFd].takes = 0;
  const std::string big(60'000, 'x');
  receive(masked(Opcode::text, big));
  receive(masked(Opcode::text, big));
  EXPECT_EQ(kernel[kFd].interest, Interest::write);
  unblock();
  EXPECT_EQ(kernel[kFd].interest, Interest::read);
}

TEST_P(SessionsTest, a_flood_of_pings_is_held_back_and_answered_in_full_once_the_peer_reads) {
  open();
  kernel[kFd].takes = 0;
  constexpr int kPings = 5'000;
  std::string flood;
  for (int i = 0; i < kPings; ++i) flood += masked(Opcode::ping, "");
  receive(flood);
  EXPECT_EQ(kernel[kFd].interest, Interest::write);
  sessions.advance(now += TimerWheel::kTickMs);
  EXPECT_LT(sessions.counters().outbox_frames.value(), 1'000);
  unblock();
  for (int round = 0; round < kPings; ++round) sessions.flush();
  EXPECT_EQ(written(), [] {
    std::string pongs;
    for (int i = 0; i < kPings; ++i) pongs += std::string("\x8a\0", 2);
    return pongs;
  }());
  EXPECT_EQ(kernel[kFd].interest, Interest::read);
}

TEST_P(SessionsTest, what_a_held_back_peer_had_sent_is_forgotten_with_it) {
  open();
  kernel[kFd].takes = 0;
  std::string flood;
  for (int i = 0; i < 5'000; ++i) flood += masked(Opcode::ping, "");
  receive(flood);
  pass(700);
  EXPECT_EQ(sessions.counters().slow_closed.value(), 1u);
  pass(Sessions::kCloseTimeoutMs + Sessions::kLingerMs + 100);
  open(9);
  receive(masked(Opcode::text, "hello"), 9);
  EXPECT_EQ(frames(9), "hello");
}

TEST_P(SessionsTest, an_event_of_a_socket_that_is_gone_does_not_reach_the_next_one_in_its_slot) {
  open();
  const ReadyEvent stale = kernel.readable(kFd);
  kernel[kFd].peer_ended = true;
  receive("");
  adopt(9);
  kernel[9].incoming = kRequest;
  sessions.on_ready(stale);
  EXPECT_EQ(app.open, 0);
}

TEST_P(SessionsTest, of_many_that_are_flushed_together_each_gets_all_of_its_own) {
  constexpr int kCount = 7;  // more than one batch of two, and a rest
  for (int i = 0; i < kCount; ++i) open(kFd + i);
  kernel[kFd + 3].takes = 5;
  kernel[kFd + 4].peer_ended = true;
  for (Slot slot = 0; slot < kCount; ++slot) {
    for (hub::KeyId key = 0; key < 100; ++key)
      sessions.publish(slot, update(key, std::to_string(key) + "of" + std::to_string(slot)));
  }
  sessions.flush();
  for (int i = 0; i < kCount; ++i) {
    if (i == 3) unblock(SIZE_MAX, kFd + i);
    const std::string all = frames(kFd + i);
    const std::string suffix = "of" + std::to_string(i);
    EXPECT_TRUE(all.starts_with("0" + suffix + " 1" + suffix)) << all;
    EXPECT_TRUE(all.ends_with(" 99" + suffix)) << all;
  }
  EXPECT_TRUE(sessions.all_written());
}

INSTANTIATE_TEST_SUITE_P(SendsTogether, SessionsTest, testing::Values(1, 2, 256));

class SessionsFailures : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(SendsTogether, SessionsFailures, testing::Values(1, 256));

// One whole conversation, and in each run another operation fails.
TEST_P(SessionsFailures, whichever_operation_fails_the_session_ends_whole_and_is_told_once) {
  for (int n = 1;; ++n) {
    ScriptedKernel kernel;
    kernel.together = GetParam();
    EchoApplication app;
    Sessions sessions(kernel, app, Limits(), 0);
    app.sessions = &sessions;
    kernel.fail_operation(n);
    const auto step = [&](std::string_view bytes) {
      kernel[kFd].incoming += bytes;
      sessions.on_ready(kernel.readable(kFd));
      sessions.flush();
    };
    sessions.adopt(kFd);
    step(kRequest.substr(0, 20));
    step(kRequest.substr(20));
    step(masked(Opcode::text, "hello"));
    kernel[kFd].takes = 1;
    if (sessions.is_open(0)) sessions.publish(0, update(1, "news"));
    sessions.flush();
    kernel[kFd].takes = SIZE_MAX;
    sessions.on_ready(kernel.writable(kFd));
    sessions.flush();
    step(masked_close(1000));
    kernel[kFd].peer_ended = true;
    step("");
    EXPECT_TRUE(kernel[kFd].closed) << n;
    EXPECT_TRUE(sessions.empty()) << n;
    EXPECT_TRUE(sessions.all_written()) << n;
    EXPECT_EQ(app.open, 0) << n;
    EXPECT_LE(app.closes.size(), 1u) << n;
    if (!kernel.failed()) break;
    ASSERT_LT(n, 100);
  }
}

}  // namespace
}  // namespace wsf::ws
