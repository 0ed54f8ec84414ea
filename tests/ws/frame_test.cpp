#include "ws/frame.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace wsf::ws {
namespace {

using namespace std::string_literals;

std::string header(Opcode opcode, std::uint64_t payload_bytes, bool fin = true) {
  std::array<std::uint8_t, kMaxHeaderBytes> out{};
  const std::size_t size = encode_header(out.data(), opcode, payload_bytes, fin);
  return {reinterpret_cast<const char*>(out.data()), size};
}

TEST(Frame, uses_the_shortest_length_form) {
  EXPECT_EQ(header(Opcode::text, 0), "\x81\x00"s);
  EXPECT_EQ(header(Opcode::text, 125), "\x81\x7D"s);
  EXPECT_EQ(header(Opcode::text, 126), "\x81\x7E\x00\x7E"s);
  EXPECT_EQ(header(Opcode::text, 65535), "\x81\x7E\xFF\xFF"s);
  EXPECT_EQ(header(Opcode::text, 65536), "\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(Frame, sets_opcode_and_fin) {
  EXPECT_EQ(header(Opcode::binary, 1), "\x82\x01"s);
  EXPECT_EQ(header(Opcode::text, 1, false), "\x01\x01"s);
  EXPECT_EQ(header(Opcode::continuation, 1), "\x80\x01"s);
  EXPECT_EQ(header(Opcode::ping, 0), "\x89\x00"s);
  EXPECT_EQ(header(Opcode::pong, 125), "\x8A\x7D"s);
}

TEST(FrameDeathTest, takes_an_oversized_control_frame_for_a_bug) {
  EXPECT_DEATH(header(Opcode::ping, 126), "bug: control frame");
  EXPECT_DEATH(header(Opcode::close, 2, false), "bug: control frame");
}

// The examples of RFC 6455 section 5.7.
TEST(Frame, writes_the_examples_of_the_rfc) {
  std::string out;
  append_frame(out, Opcode::text, "Hello");
  EXPECT_EQ(out, "\x81\x05Hello");
  out.clear();
  append_masked_frame(out, Opcode::text, "Hello", 0x37fa213d);
  EXPECT_EQ(out, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  out.clear();
  append_frame(out, Opcode::text, "Hel", false);
  append_frame(out, Opcode::continuation, "lo");
  EXPECT_EQ(out, "\x01\x03Hel\x80\x02lo");
}

TEST(Frame, masks_every_length_byte_by_byte_alike) {
  constexpr std::array<std::uint8_t, 4> mask{0x12, 0x34, 0x56, 0x78};
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string plain(size, 'x');
    std::string masked = plain;
    apply_mask(masked, mask);
    for (std::size_t i = 0; i < size; ++i)
      EXPECT_EQ(masked[i], static_cast<char>('x' ^ mask[i % 4])) << size << ' ' << i;
    apply_mask(masked, mask);
    EXPECT_EQ(masked, plain);
  }
}

TEST(Frame, writes_code_and_reason_of_a_close) {
  std::string out;
  append_close(out, 1000, "bye");
  EXPECT_EQ(out, "\x88\x05\x03\xE8"s + "bye");
  out.clear();
  append_masked_close(out, 4000, "", 0);
  EXPECT_EQ(out, "\x88\x82\x00\x00\x00\x00\x0F\xA0"s);
}

TEST(Frame, leaves_a_close_without_status_empty) {
  std::string out;
  append_close(out, kNoStatus, "");
  EXPECT_EQ(out, "\x88\x00"s);
}

TEST(Frame, cuts_a_long_reason_between_two_characters) {
  std::string reason(kMaxReasonBytes - 1, 'a');
  reason += "\xE2\x82\xAC";
  std::string out;
  append_close(out, 1000, reason);
  EXPECT_EQ(out.size(), 2 + 2 + kMaxReasonBytes - 1);
  EXPECT_EQ(out.back(), 'a');
}

}  // namespace
}  // namespace wsf::ws
