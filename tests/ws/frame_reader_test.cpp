#include "ws/frame_reader.hpp"

#include "ws/seen.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace wsf::ws {
namespace {

using namespace std::string_literals;
using Kind = FrameEvent::Kind;

constexpr std::uint64_t kLimit = 70'000;
constexpr std::uint32_t kMask = 0xA1B2C3D4;

std::string masked(Opcode opcode, std::string_view payload, bool fin = true) {
  std::string wire;
  append_masked_frame(wire, opcode, payload, kMask, fin);
  return wire;
}

std::string unmasked(Opcode opcode, std::string_view payload, bool fin = true) {
  std::string wire;
  append_frame(wire, opcode, payload, fin);
  return wire;
}

std::string with_first_byte(std::uint8_t first, std::string wire) {
  wire[0] = static_cast<char>(first);
  return wire;
}

Seen text(std::string payload) {
  return {Kind::text, std::move(payload)};
}
Seen binary(std::string payload) {
  return {Kind::binary, std::move(payload)};
}
Seen ping(std::string payload) {
  return {Kind::ping, std::move(payload)};
}
Seen pong(std::string payload) {
  return {Kind::pong, std::move(payload)};
}
Seen closed(std::uint16_t code, std::string reason = "") {
  return {Kind::close, std::move(reason), code};
}
Seen refused(std::uint16_t code) {
  return {Kind::error, "", code};
}

struct Row {
  std::string name;
  std::string wire;
  std::vector<Seen> seen;
  Role role = Role::server;

  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

const std::string kMaskBytes = "\xA1\xB2\xC3\xD4";
const std::string kEuro = "\xE2\x82\xAC";

std::vector<Row> messages() {
  const std::string long16(300, 'm');
  const std::string long64(66'000, 'l');
  return {
      {"text", masked(Opcode::text, "Hello"), {text("Hello")}},
      {"binary", masked(Opcode::binary, "\x00\xFF"s), {binary("\x00\xFF"s)}},
      {"empty_text", masked(Opcode::text, ""), {text("")}},
      {"empty_binary", masked(Opcode::binary, ""), {binary("")}},
      {"text_from_a_server", unmasked(Opcode::text, "Hello"), {text("Hello")}, Role::client},
      {"16_bit_length", masked(Opcode::text, long16), {text(long16)}},
      {"64_bit_length", masked(Opcode::binary, long64), {binary(long64)}},
      {"64_bit_length_from_a_server", unmasked(Opcode::text, long64), {text(long64)}, Role::client},
      {"several_in_a_row",
       masked(Opcode::text, "a") + masked(Opcode::binary, "b") + masked(Opcode::text, "c"),
       {text("a"), binary("b"), text("c")}},
      {"three_fragments",
       masked(Opcode::text, "He", false) + masked(Opcode::continuation, "l", false) +
           masked(Opcode::continuation, "lo"),
       {text("Hello")}},
      {"empty_fragments",
       masked(Opcode::binary, "", false) + masked(Opcode::continuation, "", false) + masked(Opcode::continuation, ""),
       {binary("")}},
      {"only_the_last_fragment_filled",
       masked(Opcode::text, "", false) + masked(Opcode::continuation, "x"),
       {text("x")}},
      {"a_character_cut_by_fragments",
       masked(Opcode::text, kEuro.substr(0, 1), false) + masked(Opcode::continuation, kEuro.substr(1)),
       {text(kEuro)}},
      {"binary_is_not_checked_for_utf8", masked(Opcode::binary, "\xFF\xC0"), {binary("\xFF\xC0")}},
      {"at_the_limit", masked(Opcode::binary, std::string(kLimit, 'x')), {binary(std::string(kLimit, 'x'))}},
  };
}

std::vector<Row> control_frames() {
  const std::string longest(kMaxControlBytes, 'p');
  return {
      {"ping", masked(Opcode::ping, "p"), {ping("p")}},
      {"empty_ping", masked(Opcode::ping, ""), {ping("")}},
      {"longest_ping", masked(Opcode::ping, longest), {ping(longest)}},
      {"ping_is_not_checked_for_utf8", masked(Opcode::ping, "\xFF"), {ping("\xFF")}},
      {"pong", masked(Opcode::pong, "q"), {pong("q")}},
      {"ping_from_a_server", unmasked(Opcode::ping, "p"), {ping("p")}, Role::client},
      {"between_fragments",
       masked(Opcode::text, "He", false) + masked(Opcode::ping, "p") + masked(Opcode::pong, "") +
           masked(Opcode::continuation, "llo"),
       {ping("p"), pong(""), text("Hello")}},
      {"within_a_cut_character",
       masked(Opcode::text, kEuro.substr(0, 2), false) + masked(Opcode::ping, "\xFF") +
           masked(Opcode::continuation, kEuro.substr(2)),
       {ping("\xFF"), text(kEuro)}},
      {"close_between_fragments", masked(Opcode::text, "He", false) + masked(Opcode::close, ""), {closed(kNoStatus)}},
  };
}

std::string close_code(int code) {
  return {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
}

std::vector<Row> closes() {
  std::vector<Row> rows{
      {"close_without_code", masked(Opcode::close, ""), {closed(kNoStatus)}},
      {"close_with_reason", masked(Opcode::close, close_code(1000) + "bye"), {closed(1000, "bye")}},
      {"close_with_longest_reason",
       masked(Opcode::close, close_code(1000) + std::string(kMaxReasonBytes, 'r')),
       {closed(1000, std::string(kMaxReasonBytes, 'r'))}},
      {"close_from_a_server", unmasked(Opcode::close, close_code(1012)), {closed(1012)}, Role::client},
      {"close_with_half_a_code", masked(Opcode::close, "\x03"), {refused(1002)}},
      {"close_reason_not_utf8", masked(Opcode::close, close_code(1000) + "\xC3"), {refused(1007)}},
      {"nothing_after_close", masked(Opcode::close, "") + masked(Opcode::text, "late"), {closed(kNoStatus)}},
  };
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
    rows.push_back({"close_code_" + std::to_string(code),
                    masked(Opcode::close, close_code(code)),
                    {closed(static_cast<std::uint16_t>(code))}});
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    rows.push_back({"close_code_" + std::to_string(code), masked(Opcode::close, close_code(code)), {refused(1002)}});
  }
  return rows;
}

std::vector<Row> breaches() {
  std::vector<Row> rows{
      {"unmasked_from_a_client", unmasked(Opcode::text, "x"), {refused(1002)}},
      {"masked_from_a_server", masked(Opcode::text, "x"), {refused(1002)}, Role::client},
      {"rsv1", with_first_byte(0xC1, masked(Opcode::text, "x")), {refused(1002)}},
      {"rsv2", with_first_byte(0xA1, masked(Opcode::text, "x")), {refused(1002)}},
      {"rsv3", with_first_byte(0x91, masked(Opcode::text, "x")), {refused(1002)}},
      {"rsv1_on_a_ping", with_first_byte(0xC9, masked(Opcode::ping, "x")), {refused(1002)}},
      {"fragmented_ping", with_first_byte(0x09, masked(Opcode::ping, "x")), {refused(1002)}},
      {"fragmented_close", with_first_byte(0x08, masked(Opcode::close, "")), {refused(1002)}},
      {"ping_of_126", "\x89\xFE\x00\x7E"s + kMaskBytes + std::string(126, 'x'), {refused(1002)}},
      {"ping_with_64_bit_length", "\x89\xFF\x00\x00\x00\x00\x00\x00\x00\x01"s + kMaskBytes + "x", {refused(1002)}},
      {"continuation_of_nothing", masked(Opcode::continuation, "x"), {refused(1002)}},
      {"continuation_after_the_end",
       masked(Opcode::text, "a") + masked(Opcode::continuation, "x"),
       {text("a"), refused(1002)}},
      {"text_within_a_message", masked(Opcode::text, "a", false) + masked(Opcode::text, "b"), {refused(1002)}},
      {"binary_within_a_message", masked(Opcode::text, "a", false) + masked(Opcode::binary, "b"), {refused(1002)}},
      {"16_bits_for_125", "\x82\xFE\x00\x7D"s + kMaskBytes + std::string(125, 'x'), {refused(1002)}},
      {"64_bits_for_65535", "\x82\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF"s + kMaskBytes, {refused(1002)}},
      {"64th_bit_of_a_length", "\x82\xFF\x80\x00\x00\x00\x00\x00\x00\x00"s + kMaskBytes, {refused(1002)}},
      {"text_not_utf8", masked(Opcode::text, "ab\xFF"), {refused(1007)}},
      {"text_ends_within_a_character", masked(Opcode::text, kEuro.substr(0, 2)), {refused(1007)}},
      {"last_fragment_ends_within_a_character",
       masked(Opcode::text, kEuro, false) + masked(Opcode::continuation, kEuro.substr(0, 1)),
       {refused(1007)}},
      {"longest_length_of_all", "\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s + kMaskBytes, {refused(1009)}},
      {"above_the_limit", masked(Opcode::binary, std::string(kLimit + 1, 'x')), {refused(1009)}},
      {"fragments_above_the_limit",
       masked(Opcode::binary, std::string(kLimit, 'x'), false) + masked(Opcode::continuation, "x"),
       {refused(1009)}},
      {"nothing_after_an_error", unmasked(Opcode::text, "x") + masked(Opcode::text, "late"), {refused(1002)}},
  };
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    rows.push_back({"reserved_opcode_" + std::to_string(opcode),
                    with_first_byte(static_cast<std::uint8_t>(0x80 | opcode), masked(Opcode::text, "x")),
                    {refused(1002)}});
  }
  return rows;
}

class Section5 : public testing::TestWithParam<Row> {};

TEST_P(Section5, is_read_as_the_rfc_says) {
  const Row& row = GetParam();
  EXPECT_EQ(read_all(row.role, kLimit, row.wire), row.seen);
}

TEST_P(Section5, is_read_the_same_wherever_the_bytes_are_cut) {
  const Row& row = GetParam();
  const std::size_t step = row.wire.size() > 2'000 ? row.wire.size() / 100 : 1;
  for (std::size_t cut = 1; cut < row.wire.size(); cut += step) {
    ASSERT_EQ(read_all(row.role, kLimit, row.wire, {cut, ~std::size_t{0}}), row.seen) << "cut at " << cut;
  }
}

TEST_P(Section5, is_read_the_same_in_pieces_of_any_size) {
  const Row& row = GetParam();
  for (const std::size_t piece : {1, 2, 3, 5, 7, 64}) {
    ASSERT_EQ(read_all(row.role, kLimit, row.wire, {piece}), row.seen) << "pieces of " << piece;
  }
}

TEST_P(Section5, leaves_no_memory_held_once_all_is_delivered) {
  const Row& row = GetParam();
  FrameReader reader(row.role, kLimit);
  read_all(reader, row.wire, {3});
  std::span<char> nothing;
  reader.next(nothing);
  EXPECT_EQ(reader.buffered_bytes(), 0u);
}

std::string row_name(const testing::TestParamInfo<Row>& info) {
  return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(messages, Section5, testing::ValuesIn(messages()), row_name);
INSTANTIATE_TEST_SUITE_P(control_frames, Section5, testing::ValuesIn(control_frames()), row_name);
INSTANTIATE_TEST_SUITE_P(closes, Section5, testing::ValuesIn(closes()), row_name);
INSTANTIATE_TEST_SUITE_P(breaches, Section5, testing::ValuesIn(breaches()), row_name);

// Where compression was agreed on (RFC 7692 section 6): "z" for a compressed message, "p" for a plain one.
std::string read_compressed(std::string wire) {
  FrameReader reader(Role::server, kLimit, FrameReader::Compression::deflate);
  std::span<char> bytes(wire);
  std::string out;
  for (FrameEvent event = reader.next(bytes); event.kind != Kind::need_more; event = reader.next(bytes)) {
    if (event.kind == Kind::error) return out + std::to_string(event.close_code);
    out += event.compressed ? "z:" : "p:";
    out += event.payload;
  }
  return out;
}

TEST(CompressedMessage, is_marked_by_rsv1_on_its_first_frame) {
  EXPECT_EQ(read_compressed(with_first_byte(0xC1, masked(Opcode::text, "a")) + masked(Opcode::text, "b")), "z:ap:b");
  EXPECT_EQ(read_compressed(with_first_byte(0xC2, masked(Opcode::binary, "a"))), "z:a");
  EXPECT_EQ(read_compressed(with_first_byte(0x41, masked(Opcode::text, "a")) + masked(Opcode::ping, "!") +
                            masked(Opcode::continuation, "b")),
            "p:!z:ab");
}

TEST(CompressedMessage, is_not_checked_for_utf8_before_it_is_expanded) {
  EXPECT_EQ(read_compressed(with_first_byte(0xC1, masked(Opcode::text, "\xFF"))), "z:\xFF");
  EXPECT_EQ(read_compressed(with_first_byte(0xC1, masked(Opcode::text, "\xFF")) + masked(Opcode::text, "\xFF")),
            "z:\xFF"
            "1007");
}

TEST(CompressedMessage, is_never_a_control_frame_nor_marked_later) {
  EXPECT_EQ(read_compressed(with_first_byte(0xC9, masked(Opcode::ping, ""))), "1002");
  EXPECT_EQ(read_compressed(with_first_byte(0x41, masked(Opcode::text, "a")) +
                            with_first_byte(0xC0, masked(Opcode::continuation, "b"))),
            "1002");
  EXPECT_EQ(read_compressed(with_first_byte(0xA1, masked(Opcode::text, "a"))), "1002");
  EXPECT_EQ(read_compressed(with_first_byte(0x91, masked(Opcode::text, "a"))), "1002");
}

// The first byte at which the reader, fed byte by byte, gives up.
std::size_t bytes_until_error(Role role, const std::string& wire) {
  FrameReader reader(role, kLimit);
  for (std::size_t i = 0; i < wire.size(); ++i) {
    char byte = wire[i];
    std::span<char> bytes(&byte, 1);
    if (reader.next(bytes).kind == Kind::error) return i + 1;
  }
  return 0;
}

TEST(FrameReader, refuses_a_frame_on_the_byte_that_makes_it_certain) {
  EXPECT_EQ(bytes_until_error(Role::server, with_first_byte(0xC1, masked(Opcode::text, "x"))), 2u);
  EXPECT_EQ(bytes_until_error(Role::server, unmasked(Opcode::text, "x")), 2u);
  EXPECT_EQ(bytes_until_error(Role::server, masked(Opcode::binary, std::string(kLimit + 1, 'x'))), 14u);
  EXPECT_EQ(bytes_until_error(Role::client, unmasked(Opcode::binary, std::string(kLimit + 1, 'x'))), 10u);
  EXPECT_EQ(bytes_until_error(Role::server, masked(Opcode::text, "ab\xFFtoo late")), 6u + 3u);
  EXPECT_EQ(bytes_until_error(Role::server, masked(Opcode::text, "\xF4\x90\x80\x80")), 6u + 2u);
}

TEST(FrameReader, delivers_a_whole_message_where_it_lies) {
  FrameReader reader(Role::server, kLimit);
  std::string wire = masked(Opcode::text, "Hello");
  std::span<char> bytes(wire);
  EXPECT_EQ(reader.next(bytes).payload.data(), wire.data() + 6);
  EXPECT_EQ(reader.buffered_bytes(), 0u);
}

TEST(FrameReader, moves_the_span_past_each_event) {
  FrameReader reader(Role::server, kLimit);
  std::string wire = masked(Opcode::text, "one") + masked(Opcode::text, "two");
  std::span<char> bytes(wire);
  reader.next(bytes);
  EXPECT_EQ(bytes.size(), wire.size() / 2);
  reader.next(bytes);
  EXPECT_TRUE(bytes.empty());
}

TEST(FrameReader, reserves_memory_for_what_came_and_not_for_what_was_announced) {
  FrameReader reader(Role::server, kLimit);
  std::string wire = masked(Opcode::binary, std::string(kLimit, 'x')).substr(0, 100);
  std::span<char> bytes(wire);
  EXPECT_EQ(reader.next(bytes).kind, Kind::need_more);
  EXPECT_LE(reader.buffered_bytes(), 200u);
}

TEST(FrameReader, never_holds_more_than_a_message_and_a_control_frame) {
  FrameReader reader(Role::server, kLimit);
  const std::string wire =
      masked(Opcode::binary, std::string(kLimit, 'x'), false) + masked(Opcode::ping, std::string(125, 'p'));
  for (char byte : wire) {
    std::span<char> bytes(&byte, 1);
    reader.next(bytes);
    ASSERT_LE(reader.buffered_bytes(), kLimit + kMaxControlBytes);
  }
}

TEST(FrameReader, frees_its_memory_when_the_message_is_delivered) {
  FrameReader reader(Role::server, kLimit);
  EXPECT_EQ(read_all(reader, masked(Opcode::text, "Hello"), {1}).size(), 1u);
  EXPECT_EQ(reader.buffered_bytes(), 0u);
}

TEST(FrameReader, drops_what_follows_the_end) {
  FrameReader reader(Role::server, kLimit);
  read_all(reader, masked(Opcode::close, ""), {64});
  EXPECT_TRUE(reader.finished());
  std::string late = masked(Opcode::text, "late");
  std::span<char> bytes(late);
  EXPECT_EQ(reader.next(bytes).kind, Kind::need_more);
  EXPECT_TRUE(bytes.empty());
}

}  // namespace
}  // namespace wsf::ws
