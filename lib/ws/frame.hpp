#pragma once
// WebSocket frames written (RFC 6455 section 5.2). Pure functions: values in, bytes out; any thread.

#include "protocol/close_codes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wsf::ws {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

inline constexpr std::uint8_t kRsv1 = 0x40;  // in a header's first byte: the message is compressed (RFC 7692)
inline constexpr std::size_t kMaxHeaderBytes = 14;
inline constexpr std::size_t kMaxControlBytes = 125;                  // RFC 6455 section 5.5
inline constexpr std::size_t kMaxReasonBytes = kMaxControlBytes - 2;  // what the code leaves of it
inline constexpr std::uint16_t kNoStatus =
    protocol::number(protocol::Close::no_status);  // stands for a close frame without a code

constexpr bool is_control(Opcode opcode) {
  return (static_cast<std::uint8_t>(opcode) & 0x8) != 0;
}

// Writes the header of an unmasked frame in its shortest form and returns its size, 2 to 10 bytes. A control frame
// has at most kMaxControlBytes and fin (checked).
std::size_t encode_header(std::uint8_t* out /* kMaxHeaderBytes free */, Opcode opcode, std::uint64_t payload_bytes,
                          bool fin = true);

// A server's frame: not masked.
void append_frame(std::string& out, Opcode opcode, std::string_view payload, bool fin = true);

// A client's frame: the mask's most significant byte covers the first byte of the payload. The caller draws a new,
// unpredictable mask for each frame (section 5.3).
void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask,
                         bool fin = true);

// A close frame. kNoStatus gives an empty one; a reason longer than kMaxReasonBytes is cut between two characters.
void append_close(std::string& out, std::uint16_t code, std::string_view reason);
void append_masked_close(std::string& out, std::uint16_t code, std::string_view reason, std::uint32_t mask);

// The payload of a server's whole frame, as encode_header began it.
std::string_view unmasked_payload(std::string_view frame);

// XORs `bytes` with the four mask bytes, repeated; its own inverse. Eight bytes at a time.
void apply_mask(std::span<char> bytes, std::span<const std::uint8_t, 4> mask);

}  // namespace wsf::ws
