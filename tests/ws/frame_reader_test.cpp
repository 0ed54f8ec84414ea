#include "ws/frame_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wsf::ws {
namespace {

using Kind = FrameEvent::Kind;

TEST(FrameReader, delivers_a_whole_message_where_it_lies) {
  FrameReader reader(Role::server, 1024);
  std::string wire;
  append_masked_frame(wire, Opcode::text, "Hello", 0x01020304);
  std::span<char> bytes(wire);
  const FrameEvent event = reader.next(bytes);
  EXPECT_EQ(event.kind, Kind::text);
  EXPECT_EQ(event.payload, "Hello");
  EXPECT_EQ(event.payload.data(), wire.data() + 6);
  EXPECT_EQ(reader.next(bytes).kind, Kind::need_more);
  EXPECT_EQ(reader.buffered_bytes(), 0u);
}

TEST(FrameReader, joins_a_message_that_comes_byte_by_byte) {
  FrameReader reader(Role::server, 1024);
  std::string wire;
  append_masked_frame(wire, Opcode::text, "Hello", 0x01020304);
  for (std::size_t i = 0; i + 1 < wire.size(); ++i) {
    std::span<char> one(wire.data() + i, 1);
    EXPECT_EQ(reader.next(one).kind, Kind::need_more);
  }
  std::span<char> last(&wire.back(), 1);
  const FrameEvent event = reader.next(last);
  EXPECT_EQ(event.kind, Kind::text);
  EXPECT_EQ(event.payload, "Hello");
}

}  // namespace
}  // namespace wsf::ws
