#include "ws/frame.hpp"

#include "base/check.hpp"

#include <array>
#include <cstring>

namespace wsf::ws {
namespace {

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;

void put_big_endian(std::uint8_t* out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * (bytes - 1 - i)));
}

std::string_view cut_between_characters(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  if (code == kNoStatus) return {};
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  payload += cut_between_characters(reason, kMaxReasonBytes);
  return payload;
}

}  // namespace

std::size_t encode_header(std::uint8_t* out, Opcode opcode, std::uint64_t payload_bytes, bool fin) {
  base::check(!is_control(opcode) || (fin && payload_bytes <= kMaxControlBytes), "control frame is small and whole");
  out[0] = static_cast<std::uint8_t>((fin ? kFin : 0) | static_cast<std::uint8_t>(opcode));
  if (payload_bytes < kLength16) {
    out[1] = static_cast<std::uint8_t>(payload_bytes);
    return 2;
  }
  if (payload_bytes <= 0xFFFF) {
    out[1] = kLength16;
    put_big_endian(out + 2, payload_bytes, 2);
    return 4;
  }
  out[1] = kLength64;
  put_big_endian(out + 2, payload_bytes, 8);
  return 10;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload, bool fin) {
  std::array<std::uint8_t, kMaxHeaderBytes> header;
  const std::size_t header_bytes = encode_header(header.data(), opcode, payload.size(), fin);
  out.append(reinterpret_cast<const char*>(header.data()), header_bytes);
  out.append(payload);
}

void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask, bool fin) {
  std::array<std::uint8_t, kMaxHeaderBytes> header;
  const std::size_t length_bytes = encode_header(header.data(), opcode, payload.size(), fin);
  header[1] |= kMasked;
  std::array<std::uint8_t, 4> mask_bytes;
  put_big_endian(mask_bytes.data(), mask, mask_bytes.size());
  std::memcpy(header.data() + length_bytes, mask_bytes.data(), mask_bytes.size());
  out.append(reinterpret_cast<const char*>(header.data()), length_bytes + mask_bytes.size());
  const std::size_t start = out.size();
  out.append(payload);
  apply_mask(std::span(out).subspan(start), mask_bytes);
}

void append_close(std::string& out, std::uint16_t code, std::string_view reason) {
  append_frame(out, Opcode::close, close_payload(code, reason));
}

void append_masked_close(std::string& out, std::uint16_t code, std::string_view reason, std::uint32_t mask) {
  append_masked_frame(out, Opcode::close, close_payload(code, reason), mask);
}

std::string_view unmasked_payload(std::string_view frame) {
  const int short_length = static_cast<std::uint8_t>(frame[1]);
  return frame.substr(short_length == kLength64 ? 10 : short_length == kLength16 ? 4 : 2);
}

void apply_mask(std::span<char> bytes, std::span<const std::uint8_t, 4> mask) {
  std::array<std::uint8_t, 8> twice;
  std::memcpy(twice.data(), mask.data(), 4);
  std::memcpy(twice.data() + 4, mask.data(), 4);
  std::uint64_t mask_word;
  std::memcpy(&mask_word, twice.data(), sizeof mask_word);
  std::size_t at = 0;
  for (; bytes.size() - at >= sizeof mask_word; at += sizeof mask_word) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    word ^= mask_word;
    std::memcpy(bytes.data() + at, &word, sizeof word);
  }
  for (; at < bytes.size(); ++at) bytes[at] = static_cast<char>(static_cast<std::uint8_t>(bytes[at]) ^ mask[at % 4]);
}

}  // namespace wsf::ws
