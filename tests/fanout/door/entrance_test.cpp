// The way in, on real sockets of this machine.

#include "fanout/door/entrance.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

namespace wsf::fanout {
namespace {

constexpr int kPatienceMs = 10'000;

class Peer {
 public:
  explicit Peer(const ws::Listener& listener) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(listener.port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  }
  ~Peer() { ::close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void say(std::string_view bytes) {
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  bool was_reset() {
    pollfd one{fd_, POLLIN, 0};
    char byte = 0;
    return ::poll(&one, 1, kPatienceMs) == 1 && ::recv(fd_, &byte, 1, 0) < 0 && errno == ECONNRESET;
  }

 private:
  int fd_;
};

class EntranceTest : public testing::Test {
 protected:
  EntranceTest() {
    options.max_connections = 100;
    options.handshake_timeout = std::chrono::milliseconds(1'000);
  }
  ~EntranceTest() override {
    for (const int fd : fds) ::close(fd);
  }

  void open() {
    state.addresses.set(options.max_connections_per_address, options.max_connection_rate_per_address);
    entrance = std::make_unique<Entrance>(
        listener, kernel, options, state, [this] { return sockets; },
        [this](int fd, const Guest& guest) {
          fds.push_back(fd);
          guests.push_back(guest);
        });
  }
  // One turn of the loop, in which something happened.
  void turn() {
    const auto events = kernel.wait(kPatienceMs);
    ASSERT_FALSE(events.empty());
    for (const ws::ReadyEvent& event : events) EXPECT_TRUE(entrance->on_ready(event, now_ms));
  }
  // Turns until nothing happens any more.
  void settle() {
    for (auto events = kernel.wait(0); !events.empty(); events = kernel.wait(0)) {
      for (const ws::ReadyEvent& event : events) entrance->on_ready(event, now_ms);
    }
  }
  std::uint64_t shed(Shed cause) const { return state.shed[static_cast<std::size_t>(cause)].value(); }

  Options options;
  ServerState state;
  ws::Listener listener{"127.0.0.1", 0};
  ws::EpollKernel kernel;
  std::uint64_t sockets = 0;
  std::int64_t now_ms = 1'000;
  std::vector<int> fds;
  std::vector<Guest> guests;
  std::unique_ptr<Entrance> entrance;
};

constexpr std::string_view kHeader = "PROXY TCP4 192.0.2.1 127.0.0.1 1 2\r\n";

TEST_F(EntranceTest, hands_over_who_comes) {
  open();
  const Peer peer(listener);
  turn();
  ASSERT_EQ(guests.size(), 1u);
  EXPECT_EQ(guests[0].address, ws::parse_ip("127.0.0.1"));
  EXPECT_FALSE(guests[0].counted);
}

TEST_F(EntranceTest, resets_who_comes_when_it_is_full) {
  sockets = 100 + 64;
  open();
  Peer peer(listener);
  turn();
  EXPECT_TRUE(peer.was_reset());
  EXPECT_EQ(shed(Shed::full), 1u);
}

TEST_F(EntranceTest, lets_in_no_faster_than_it_is_told) {
  options.max_connection_rate = 1;
  open();
  Peer first(listener), second(listener);
  settle();
  EXPECT_EQ(guests.size(), 1u);
  EXPECT_TRUE(second.was_reset());
  EXPECT_EQ(shed(Shed::rate), 1u);
  now_ms += 1'000;
  const Peer third(listener);
  turn();
  EXPECT_EQ(guests.size(), 2u);
}

TEST_F(EntranceTest, counts_by_address) {
  options.max_connections_per_address = 1;
  open();
  Peer first(listener), second(listener);
  settle();
  ASSERT_EQ(guests.size(), 1u);
  EXPECT_TRUE(guests[0].counted);
  EXPECT_TRUE(second.was_reset());
  EXPECT_EQ(shed(Shed::address), 1u);
}

TEST_F(EntranceTest, leaves_a_trusted_proxys_clients_to_their_requests) {
  options.max_connections_per_address = 1;
  options.trusted_proxies = ws::IpRanges::parse({"127.0.0.0/8"}).value();
  open();
  const Peer first(listener), second(listener);
  settle();
  ASSERT_EQ(guests.size(), 2u);
  EXPECT_FALSE(guests[0].counted);
}

class ProxiedEntranceTest : public EntranceTest {
 protected:
  ProxiedEntranceTest() {
    options.trusted_proxies = ws::IpRanges::parse({"127.0.0.0/8"}).value();
    options.proxy_protocol = true;
    options.max_connections_per_address = 1;
  }
};

TEST_F(ProxiedEntranceTest, takes_the_header_and_no_more) {
  open();
  Peer peer(listener);
  peer.say(std::string(kHeader) + "GET");
  while (guests.empty()) turn();
  EXPECT_EQ(guests[0].address, ws::parse_ip("192.0.2.1"));
  EXPECT_TRUE(guests[0].counted);
  char rest[8];
  EXPECT_EQ(std::string_view(rest, static_cast<std::size_t>(::recv(fds[0], rest, sizeof rest, 0))), "GET");
}

TEST_F(ProxiedEntranceTest, waits_for_a_header_that_comes_in_parts_without_turning_over_it) {
  open();
  Peer peer(listener);
  turn();
  peer.say(kHeader.substr(0, 9));
  turn();
  EXPECT_TRUE(kernel.wait(0).empty());
  peer.say(kHeader.substr(9));
  turn();
  ASSERT_EQ(guests.size(), 1u);
}

TEST_F(ProxiedEntranceTest, resets_what_is_no_header_or_comes_too_late) {
  open();
  Peer wrong(listener), late(listener), gone(listener);
  wrong.say("GET / HTTP/1.1\r\n");
  settle();
  while (shed(Shed::proxy_header) < 1) turn();
  EXPECT_TRUE(wrong.was_reset());
  now_ms += 2'000;
  entrance->on_tick(now_ms);
  EXPECT_TRUE(late.was_reset());
  EXPECT_EQ(shed(Shed::proxy_header), 3u);
  EXPECT_TRUE(guests.empty());
}

TEST_F(ProxiedEntranceTest, counts_by_the_address_that_the_header_names) {
  open();
  Peer first(listener), second(listener);
  first.say(kHeader);
  while (guests.empty()) turn();
  second.say(kHeader);
  while (shed(Shed::address) == 0) turn();
  EXPECT_TRUE(second.was_reset());
}

}  // namespace
}  // namespace wsf::fanout
