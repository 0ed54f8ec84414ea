#include "ws/deflate.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wsf::ws {
namespace {

using namespace std::string_literals;
using Kind = FrameEvent::Kind;

constexpr std::uint64_t kLimit = 10'000;

FrameEvent compressed(std::string_view payload, Kind kind = Kind::text) {
  return {kind, payload, 0, true};
}

// What comes of a message: its text, or the close code.
std::string expanded(std::string_view payload, std::uint64_t limit = kLimit, Kind kind = Kind::text) {
  Inflater inflater;
  const FrameEvent event = inflater.inflate(compressed(payload, kind), limit);
  if (event.kind == Kind::error) return std::to_string(event.close_code);
  return std::string(event.payload);
}

std::string deflated(std::string_view message) {
  Deflater deflater;
  return std::string(deflater.deflate(message));
}

const std::string kLong = "one, two, three, one, two, three, one, two, three";

TEST(Deflate, a_message_comes_back_as_it_was) {
  EXPECT_LT(deflated(kLong).size(), kLong.size());
  EXPECT_EQ(expanded(deflated(kLong)), kLong);
}

TEST(Deflate, no_message_depends_on_those_before_it) {
  Deflater deflater;
  const std::string first(deflater.deflate(kLong));
  EXPECT_EQ(deflater.deflate(kLong), first);
}

TEST(Deflate, what_would_not_become_smaller_is_refused) {
  EXPECT_EQ(deflated(""), "");
  EXPECT_EQ(deflated("abc"), "");
  EXPECT_EQ(deflated("0123456789abcdefghijklmnopqrstuvwxyz"), "");
}

TEST(Deflate, a_large_message_fits) {
  std::string large;
  for (int i = 0; i < 20'000; ++i) large += std::to_string(i * 7919);
  EXPECT_EQ(expanded(deflated(large), large.size()), large);
}

// The examples of RFC 7692 section 7.2.3.
TEST(Inflate, reads_the_examples_of_the_rfc) {
  EXPECT_EQ(expanded("\xf2\x48\xcd\xc9\xc9\x07\x00"s), "Hello");
  EXPECT_EQ(expanded("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s), "Hello") << "a block without compression";
  EXPECT_EQ(expanded("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s), "Hello") << "a block marked as the last";
  EXPECT_EQ(expanded("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s), "Hello") << "two blocks";
  EXPECT_EQ(expanded("\x00"s), "") << "an empty message";
}

// The example of RFC 7692 section 7.2.3.2: the second "Hello" refers back to the first.
TEST(Inflate, lets_a_message_refer_back_to_what_came_before) {
  Inflater inflater;
  EXPECT_EQ(inflater.inflate(compressed("\xf2\x00\x11\x00\x00"s), kLimit, "Hello").payload, "Hello");
  EXPECT_EQ(inflater.inflate(compressed("\xf2\x00\x11\x00\x00"s), kLimit).kind, Kind::error)
      << "nothing stays by itself";
}

TEST(Inflate, leaves_what_is_not_compressed_alone) {
  Inflater inflater;
  const FrameEvent event = inflater.inflate({Kind::text, "Hello"}, 1);
  EXPECT_EQ(event.payload, "Hello");
}

TEST(Inflate, closes_with_1007_on_broken_data) {
  EXPECT_EQ(expanded("\xff\xff\xff"s), "1007");
  EXPECT_EQ(expanded("\xf2\x48\xcd"s), "1007") << "cut short";
  EXPECT_EQ(expanded(""), "1007");
}

TEST(Inflate, checks_a_text_for_utf8_after_expansion) {
  const std::string bad = deflated(kLong + "\xff" + kLong);
  EXPECT_EQ(expanded(bad), "1007");
  EXPECT_EQ(expanded(bad, kLimit, Kind::binary), kLong + "\xff" + kLong);
}

TEST(Inflate, goes_on_after_a_bad_message) {
  Inflater inflater;
  EXPECT_EQ(inflater.inflate(compressed("\xff\xff"), kLimit).kind, Kind::error);
  EXPECT_EQ(inflater.inflate(compressed("\xf2\x48\xcd\xc9\xc9\x07\x00"s), kLimit).payload, "Hello");
}

TEST(Inflate, takes_a_message_of_just_the_limit_and_refuses_one_byte_more) {
  for (const std::size_t limit : {std::size_t{60}, std::size_t{4096}, std::size_t{10'000}}) {
    EXPECT_EQ(expanded(deflated(std::string(limit, 'x')), limit).size(), limit);
    EXPECT_EQ(expanded(deflated(std::string(limit + 1, 'x')), limit), "1009");
  }
}

TEST(Inflate, refuses_a_bomb) {
  const std::string bomb = deflated(std::string(16 << 20, '\0'));
  EXPECT_LT(bomb.size(), 20'000U);
  EXPECT_EQ(expanded(bomb), "1009");
}

}  // namespace
}  // namespace wsf::ws
