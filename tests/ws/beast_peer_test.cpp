// The codec against Boost.Beast: what one writes the other reads, in both roles. The fuzz target goes on from here.

#include "ws/beast_peer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wsf::ws {
namespace {

using namespace std::string_literals;
using Kind = FrameEvent::Kind;

constexpr std::uint64_t kLimit = 100'000;
const std::string kLong(70'000, 'x');
const std::string kEuro = "\xE2\x82\xAC";

class BesideBeast : public testing::TestWithParam<Role> {
 protected:
  static Role other(Role role) { return role == Role::server ? Role::client : Role::server; }
};

void append(std::string& wire, Role reader, Opcode opcode, std::string_view payload, bool fin = true) {
  if (reader == Role::client) return append_frame(wire, opcode, payload, fin);
  append_masked_frame(wire, opcode, payload, 0x1234ABCD, fin);
}

TEST_P(BesideBeast, we_read_what_beast_writes) {
  BeastPeer beast(other(GetParam()), kLimit);
  beast.write(Opcode::text, "Hello");
  beast.write(Opcode::binary, kLong);
  beast.ping("p");
  beast.pong("");
  beast.close(4000, "slow consumer");
  const std::vector<Seen> sent{{Kind::text, "Hello"},
                               {Kind::binary, kLong},
                               {Kind::ping, "p"},
                               {Kind::pong, ""},
                               {Kind::close, "slow consumer", 4000}};
  EXPECT_EQ(read_all(GetParam(), kLimit, beast.written()), sent);
}

TEST_P(BesideBeast, we_join_the_fragments_that_beast_writes) {
  BeastPeer beast(other(GetParam()), kLimit);
  beast.write_some(Opcode::text, false, kEuro.substr(0, 1));
  beast.ping("between");
  beast.write_some(Opcode::text, true, kEuro.substr(1));
  const std::vector<Seen> sent{{Kind::ping, "between"}, {Kind::text, kEuro}};
  EXPECT_EQ(read_all(GetParam(), kLimit, beast.written(), {1}), sent);
}

TEST_P(BesideBeast, beast_reads_what_we_write) {
  std::string wire;
  append(wire, GetParam(), Opcode::text, "Hello");
  append(wire, GetParam(), Opcode::binary, kLong);
  append(wire, GetParam(), Opcode::text, kEuro.substr(0, 1), false);
  append(wire, GetParam(), Opcode::ping, "between");
  append(wire, GetParam(), Opcode::continuation, kEuro.substr(1));
  append(wire, GetParam(), Opcode::close, "\x03\xF4later"s);
  const std::vector<Seen> sent{{Kind::text, "Hello"},
                               {Kind::binary, kLong},
                               {Kind::ping, "between"},
                               {Kind::text, kEuro},
                               {Kind::close, "later", 1012}};
  EXPECT_EQ(BeastPeer(GetParam(), kLimit).read(wire), sent);
  EXPECT_EQ(read_all(GetParam(), kLimit, wire), sent);
}

TEST_P(BesideBeast, both_refuse_with_the_same_code) {
  const std::string mask = GetParam() == Role::server ? std::string(4, '\0') : "";
  const char mask_bit = GetParam() == Role::server ? '\x80' : '\0';
  const auto frame = [&](char first, int length, const std::string& rest) {
    return std::string{first, static_cast<char>(mask_bit | length)} + rest;
  };
  const std::vector<std::string> wires{
      frame('\xC1', 1, mask + "x"),                                    // RSV1
      frame('\x83', 1, mask + "x"),                                    // reserved opcode
      frame('\x80', 1, mask + "x"),                                    // nothing to continue
      frame('\x09', 0, mask),                                          // fragmented ping
      frame('\x82', 126, "\x00\x01"s + mask),                          // not minimal
      frame('\x81', 2, mask + "\xC0\x80"),                             // not UTF-8
      frame('\x82', 127, "\x00\x00\x00\x00\x00\x10\x00\x00"s + mask),  // too big
      frame('\x88', 1, mask + "x"),                                    // half a close code
      frame('\x88', 2, mask + "\x03\xEC"),                             // 1004
  };
  for (const std::string& wire : wires) {
    const std::vector<Seen> ours = read_all(GetParam(), kLimit, wire);
    EXPECT_EQ(ours.back().kind, Kind::error);
    EXPECT_EQ(ours, BeastPeer(GetParam(), kLimit).read(wire)) << ours.back();
  }
}

INSTANTIATE_TEST_SUITE_P(roles, BesideBeast, testing::Values(Role::server, Role::client),
                         [](const auto& info) { return info.param == Role::server ? "server" : "client"; });

}  // namespace
}  // namespace wsf::ws
