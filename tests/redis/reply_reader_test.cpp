#include "redis/reply_reader.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wsf::redis {
namespace {

using ::testing::HasSubstr;
using Kind = Reply::Kind;

constexpr std::size_t kMaxBytes = 100'000;

// The replies that the bytes make, in pieces of `piece` bytes; an error ends them.
struct Read {
  std::vector<Reply> replies;
  std::string error;
};
Read read(std::string_view bytes, std::size_t piece = SIZE_MAX) {
  ReplyReader reader(kMaxBytes);
  Read out;
  for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at)) {
    reader.feed(bytes.substr(at, piece));
    while (true) {
      auto reply = reader.next();
      if (!reply) {
        out.error = reply.error().message;
        return out;
      }
      if (!*reply) break;
      out.replies.push_back(std::move(**reply));
    }
  }
  return out;
}

std::string nested(int depth) {
  std::string bytes;
  for (int i = 0; i < depth; ++i) bytes += "*1\r\n";
  return bytes + ":1\r\n";
}

TEST(reply_reader, reads_each_kind) {
  const auto [replies, error] =
      read("+OK\r\n-ERR no\r\n:-7\r\n$3\r\na\r\n\r\n$-1\r\n*2\r\n$1\r\nx\r\n:1\r\n*-1\r\n*0\r\n");
  ASSERT_EQ(replies.size(), 8U);
  EXPECT_EQ(error, "");
  EXPECT_EQ(replies[0].kind, Kind::status);
  EXPECT_EQ(replies[0].text, "OK");
  EXPECT_EQ(replies[1].kind, Kind::error);
  EXPECT_EQ(replies[1].text, "ERR no");
  EXPECT_EQ(replies[2].kind, Kind::integer);
  EXPECT_EQ(replies[2].integer, -7);
  EXPECT_EQ(replies[3].kind, Kind::bytes);
  EXPECT_EQ(replies[3].text, "a\r\n");
  EXPECT_EQ(replies[4].kind, Kind::nil);
  EXPECT_EQ(replies[5].kind, Kind::array);
  EXPECT_EQ(replies[5].items[0].text, "x");
  EXPECT_EQ(replies[5].items[1].integer, 1);
  EXPECT_EQ(replies[6].kind, Kind::nil);
  EXPECT_EQ(replies[7].kind, Kind::array);
}

TEST(reply_reader, it_does_not_matter_in_which_pieces_they_come) {
  const std::string bytes =
      "*3\r\n$7\r\nmessage\r\n$4\r\nws:1\r\n$6\r\nabc\r\nd\r\n+PONG\r\n*1\r\n*1\r\n*1\r\n$-1\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const auto [replies, error] = read(bytes, piece);
    ASSERT_EQ(replies.size(), 3U) << piece;
    EXPECT_EQ(replies[0].items[2].text, "abc\r\nd");
    EXPECT_EQ(replies[1].text, "PONG");
    EXPECT_EQ(replies[2].items[0].items[0].items[0].kind, Kind::nil);
  }
}

TEST(reply_reader, a_reply_may_be_as_large_as_its_bound_and_no_larger) {
  const auto bytes = [](std::size_t size) { return fmt::format("${}\r\n{}\r\n", size, std::string(size, 'x')); };
  EXPECT_EQ(read(bytes(kMaxBytes), 65'536).replies.size(), 1U);
  EXPECT_THAT(read(bytes(kMaxBytes + 1), 65'536).error, HasSubstr("more than 100000 bytes"));
}

TEST(reply_reader, the_bound_holds_for_all_parts_of_a_reply_together_and_for_each_reply_anew) {
  const std::string half = fmt::format("$60000\r\n{}\r\n", std::string(60'000, 'x'));
  EXPECT_EQ(read(half + half + half).replies.size(), 3U);
  EXPECT_THAT(read("*2\r\n" + half + half, 65'536).error, HasSubstr("more than 100000 bytes"));
}

TEST(reply_reader, a_line_without_an_end_is_given_up) {
  EXPECT_THAT(read("+" + std::string(2 * kMaxBytes, 'x'), 65'536).error, HasSubstr("more than 100000 bytes"));
}

TEST(reply_reader, an_announced_length_costs_nothing_before_it_comes) {
  EXPECT_EQ(read("$2147483647\r\nabc").error, "");
  EXPECT_EQ(read("$2147483647\r\nabc").replies.size(), 0U);
  EXPECT_THAT(read("*65537\r\n").error, HasSubstr("more than 65536 elements"));
  EXPECT_THAT(read("*2147483647\r\n").error, HasSubstr("more than 65536 elements"));
  EXPECT_NE(read("*4294967297\r\n").error, "");
  EXPECT_NE(read("*9223372036854775807\r\n").error, "");
  EXPECT_NE(read("$9223372036854775808\r\n").error, "");
}

TEST(reply_reader, elements_are_counted_over_all_depths) {
  EXPECT_THAT(read("*65000\r\n*65000\r\n").error, HasSubstr("more than 65536 elements"));
  EXPECT_EQ(read("*30000\r\n*30000\r\n").error, "");
}

TEST(reply_reader, depth_is_bounded) {
  EXPECT_EQ(read(nested(ReplyReader::kMaxDepth)).replies.size(), 1U);
  EXPECT_THAT(read(nested(ReplyReader::kMaxDepth + 1)).error, HasSubstr("more than 7 levels"));
  EXPECT_THAT(read(nested(100'000)).error, HasSubstr("more than 7 levels"));
}

TEST(reply_reader, rubbish_is_an_error_and_stays_one) {
  for (const auto* bytes :
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "$-2\r\n", "*-2\r\n", "$x\r\n", "*\r\n", ":1a\r\n", "%1\r\n"}) {
    EXPECT_NE(read(bytes).error, "") << bytes;
  }
  ReplyReader reader(kMaxBytes);
  reader.feed("rubbish\r\n");
  const auto first = reader.next();
  reader.feed("+OK\r\n");
  ASSERT_FALSE(first);
  EXPECT_EQ(reader.next().error().message, first.error().message);
}

}  // namespace
}  // namespace wsf::redis
