#include "ws/tls_kernel.hpp"

#include "fakes/scripted_kernel.hpp"
#include "net/tls_pair.hpp"
#include "ws/transient_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace wsf::ws {
namespace {

using boost::system::error_code;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kFd = 5;
constexpr Token kToken = 77;

iovec buffer_of(std::string_view text) {
  return {const_cast<char*>(text.data()), text.size()};
}

// A server's socket under TLS, and the client at its other end.
class tls_kernel : public testing::Test {
 protected:
  tls_kernel() : client(pair.client->new_session("localhost")) { watch(kFd); }

  void watch(int fd, Interest interest = Interest::read) {
    error_code ec;
    kernel.watch(fd, kToken + static_cast<Token>(fd) - kFd, interest, ec);
    EXPECT_FALSE(ec);
  }
  // What the client has to say reaches the socket, in one piece; what the socket has written reaches the client.
  std::string receive(error_code& ec, int fd = kFd) {
    base[fd].incoming += client.take_out();
    std::string into(kReadBytes, '\0');
    into.resize(kernel.receive(fd, into, ec));
    deliver(fd);
    return into;
  }
  std::string receive() {
    error_code ec;
    return receive(ec);
  }
  void deliver(int fd = kFd) { client.hear(std::exchange(base[fd].written, {})); }
  std::size_t send(std::string_view text, error_code& ec, int fd = kFd) {
    const iovec buffer = buffer_of(text);
    const std::size_t taken = kernel.send(fd, {&buffer, 1}, ec);
    deliver(fd);
    return taken;
  }
  void establish() {
    client.begin();
    receive();
    receive();
    ASSERT_EQ(kernel.counters().handshakes.value(), 1u);
  }
  std::vector<ReadyEvent> ready(bool readable, bool writable, int fd = kFd) {
    const ReadyEvent event{base[fd].token, readable, writable};
    const auto told = kernel.translate({&event, 1});
    return {told.begin(), told.end()};
  }

  static constexpr std::size_t kReadBytes = 64 * 1024;
  net::TlsPair pair;
  ScriptedKernel base;
  TlsKernel kernel{base, [this] { return pair.server; }};
  net::TlsEnd client;
};

TEST_F(tls_kernel, carries_plaintext_both_ways) {
  establish();
  client.say("question");
  EXPECT_EQ(receive(), "question");
  error_code ec;
  EXPECT_EQ(send("answer", ec), 6u);
  EXPECT_EQ(client.heard, "answer");
}

TEST_F(tls_kernel, a_handshake_may_come_byte_by_byte) {
  client.begin();
  std::string into(kReadBytes, '\0');
  while (!client.out.empty()) {
    for (const char byte : client.take_out()) {
      error_code ec;
      base[kFd].incoming += byte;
      EXPECT_EQ(kernel.receive(kFd, into, ec), 0u);
      EXPECT_TRUE(would_block(ec));
    }
    deliver();
  }
  EXPECT_EQ(kernel.counters().handshakes.value(), 1u);
}

TEST_F(tls_kernel, the_socket_may_take_any_part_of_anything) {
  const std::string text(700, 't');
  for (std::size_t room = 0; room < 60; ++room) {
    client = net::TlsEnd(pair.client->new_session("localhost"));
    const int fd = static_cast<int>(room) + 10;
    watch(fd);
    client.begin();
    error_code ec;
    std::size_t taken = 0;
    for (int round = 0; round < 10'000 && client.heard.size() < 3 * text.size(); ++round) {
      base[fd].takes = room + 1;
      receive(ec, fd);
      ready(false, true, fd);
      deliver(fd);
      if (kernel.counters().handshakes.value() <= room || taken == 3 * text.size()) continue;
      taken += send(std::string_view(text).substr(taken % text.size()), ec, fd);
    }
    EXPECT_TRUE(client.heard == text + text + text) << room << ": " << client.heard.size();
    ASSERT_FALSE(client.fault) << client.fault->what;
  }
}

TEST_F(tls_kernel, what_was_encrypted_counts_as_taken_and_goes_out_before_all_else) {
  establish();
  base[kFd].takes = 3;
  error_code ec;
  EXPECT_EQ(send("first", ec), 5u);
  EXPECT_FALSE(ec);
  EXPECT_EQ(send("second", ec), 0u);
  EXPECT_TRUE(would_block(ec));
  base[kFd].takes = SIZE_MAX;
  EXPECT_EQ(send("third", ec), 5u);
  EXPECT_EQ(client.heard, "firstthird");
}

TEST_F(tls_kernel, at_most_one_record_waits_for_a_socket_that_takes_nothing) {
  establish();
  base[kFd].takes = 0;
  error_code ec;
  EXPECT_EQ(send(std::string(100'000, 'x'), ec), net::TlsEngine::kMaxPlainBytes);
}

TEST_F(tls_kernel, sends_what_waits_by_itself_and_tells_only_who_asked_for_room) {
  establish();
  base[kFd].takes = 0;
  error_code ec;
  send("waits", ec);
  EXPECT_EQ(base[kFd].interest, Interest::both);
  base[kFd].takes = SIZE_MAX;
  EXPECT_TRUE(ready(false, true).empty());
  deliver();
  EXPECT_EQ(client.heard, "waits");
  EXPECT_EQ(base[kFd].interest, Interest::read);

  kernel.change(kFd, kToken, Interest::both);
  const auto told = ready(false, true);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].token, kToken);
  EXPECT_TRUE(told[0].writable);
}

TEST_F(tls_kernel, who_asked_for_room_is_told_once_all_that_waited_is_out) {
  establish();
  base[kFd].takes = 0;
  error_code ec;
  send("waits", ec);
  kernel.change(kFd, kToken, Interest::both);
  base[kFd].takes = 5;
  EXPECT_TRUE(ready(false, true).empty());
  base[kFd].takes = SIZE_MAX;
  EXPECT_EQ(ready(false, true).size(), 1u);
}

TEST_F(tls_kernel, events_of_a_closed_descriptor_do_not_reach_its_next_owner) {
  const ReadyEvent old{base[kFd].token, true, false};
  kernel.close(kFd);
  watch(kFd);
  EXPECT_TRUE(kernel.translate({&old, 1}).empty());
}

TEST_F(tls_kernel, passes_on_the_events_of_others) {
  for (const Token token : {~Token{0} - 1, Token{kFd} << 32 | 0xFFFF'FFFD}) {
    const ReadyEvent other{token, true, false};
    ASSERT_EQ(kernel.translate({&other, 1}).size(), 1u);
    EXPECT_EQ(kernel.translate({&other, 1})[0].token, token);
  }
}

TEST_F(tls_kernel, tells_a_plain_request_that_this_port_speaks_tls) {
  base[kFd].incoming = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  error_code ec;
  std::string into(kReadBytes, '\0');
  EXPECT_EQ(kernel.receive(kFd, into, ec), 0u);
  EXPECT_TRUE(would_block(ec));
  EXPECT_THAT(base[kFd].written, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(base[kFd].written, HasSubstr("this port speaks TLS"));
  EXPECT_TRUE(base[kFd].fin);
  EXPECT_EQ(kernel.counters().not_tls.value(), 1u);
  base[kFd].peer_ended = true;
  EXPECT_EQ(kernel.receive(kFd, into, ec), 0u);
  EXPECT_FALSE(ec);
}

TEST_F(tls_kernel, a_failed_handshake_ends_with_an_alert_and_not_with_a_reset) {
  client = net::TlsEnd(net::ClientTls::read({}).value()->new_session("localhost"));  // trusts nobody here
  client.begin();
  receive();
  error_code ec;
  receive(ec);
  EXPECT_TRUE(would_block(ec));
  EXPECT_EQ(kernel.counters().failed.value(), 1u);
  EXPECT_TRUE(base[kFd].fin);
}

TEST_F(tls_kernel, nothing_is_said_to_a_peer_before_its_handshake_is_over) {
  error_code ec;
  EXPECT_EQ(send("secret", ec), 6u);
  EXPECT_EQ(base[kFd].written, "");
  kernel.shut_writing(kFd);
  EXPECT_TRUE(base[kFd].fin);
}

TEST_F(tls_kernel, says_goodbye_before_it_ends_its_side) {
  establish();
  kernel.shut_writing(kFd);
  deliver();
  EXPECT_TRUE(client.ended);
  EXPECT_TRUE(base[kFd].fin);
}

TEST_F(tls_kernel, ends_its_side_only_once_the_goodbye_is_out) {
  establish();
  base[kFd].takes = 0;
  error_code ec;
  send("last", ec);
  kernel.shut_writing(kFd);
  EXPECT_FALSE(base[kFd].fin);
  base[kFd].takes = SIZE_MAX;
  ready(false, true);
  deliver();
  EXPECT_EQ(client.heard, "last");
  EXPECT_TRUE(client.ended);
  EXPECT_TRUE(base[kFd].fin);
}

TEST_F(tls_kernel, the_peers_goodbye_is_the_end_of_the_stream) {
  establish();
  client.engine.finish(client.out);
  error_code ec;
  EXPECT_EQ(receive(ec), "");
  EXPECT_FALSE(ec);
}

TEST_F(tls_kernel, a_goodbye_behind_data_is_told_behind_the_data) {
  establish();
  client.say("last");
  client.engine.finish(client.out);
  EXPECT_EQ(receive(), "last");
  const auto told = kernel.translate({});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].readable);
  error_code ec;
  EXPECT_EQ(receive(ec), "");
  EXPECT_FALSE(ec);
}

TEST_F(tls_kernel, a_peer_that_leaves_without_goodbye_has_left_as_well) {
  establish();
  base[kFd].peer_ended = true;
  error_code ec;
  EXPECT_EQ(receive(ec), "");
  EXPECT_FALSE(ec);
}

TEST_F(tls_kernel, a_forged_byte_ends_the_connection) {
  establish();
  client.say("hello");
  client.out.back() ^= 1;
  error_code ec;
  EXPECT_EQ(receive(ec), "");
  EXPECT_TRUE(ec);
  EXPECT_FALSE(would_block(ec));
}

TEST_F(tls_kernel, drops_a_peer_that_makes_it_answer_and_never_reads) {
  establish();
  base[kFd].takes = 0;
  error_code ec;
  for (int i = 0; i < 10'000 && (!ec || would_block(ec)); ++i) {
    ASSERT_EQ(SSL_key_update(client.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
    client.begin();
    client.say("x");
    receive(ec);
  }
  EXPECT_EQ(ec, boost::system::errc::connection_aborted);
}

TEST_F(tls_kernel, whatever_operation_of_the_socket_fails_is_told_and_breaks_nothing) {
  for (int n = 1; n < 12; ++n) {
    client = net::TlsEnd(pair.client->new_session("localhost"));
    const int fd = 20 + n;
    watch(fd);
    base.fail_operation(n);
    client.begin();
    error_code ec;
    for (int round = 0; round < 4 && (!ec || would_block(ec)); ++round) receive(ec, fd);
    for (int round = 0; round < 10 && (!ec || would_block(ec)); ++round) send("text", ec, fd);
    EXPECT_TRUE(base.failed());
    kernel.close(fd);
  }
}

TEST_F(tls_kernel, a_batch_reaches_each_whatever_its_socket_takes) {
  establish();
  net::TlsEnd first = std::exchange(client, net::TlsEnd(pair.client->new_session("localhost")));
  watch(6);
  client.begin();
  error_code ec;
  receive(ec, 6);
  receive(ec, 6);
  watch(7);  // no handshake yet
  const std::string large(40'000, 'l');
  const iovec one[] = {buffer_of("a"), buffer_of("b"), buffer_of(large)};
  const iovec other = buffer_of("other");
  base[6].takes = 2;
  std::vector<Send> sends{{kFd, one, 0, {}}, {6, {&other, 1}, 0, {}}, {7, {&other, 1}, 0, {}}};
  kernel.send_all(sends);
  for (const Send& send : sends) EXPECT_FALSE(send.ec) << send.ec.message();
  EXPECT_EQ(sends[0].taken, 2 + large.size());
  EXPECT_EQ(sends[1].taken, 5u);
  EXPECT_EQ(base[7].written, "");
  first.hear(base[kFd].written);
  EXPECT_EQ(first.heard, "ab" + large);
  kernel.send_all(std::span(sends).subspan(1, 1));
  EXPECT_TRUE(would_block(sends[1].ec));
  base[6].takes = SIZE_MAX;
  ready(false, true, 6);
  deliver(6);
  EXPECT_EQ(client.heard, "other");
}

}  // namespace
}  // namespace wsf::ws
