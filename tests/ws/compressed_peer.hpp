#pragma once
// The other end of a connection that agreed to permessage-deflate, for tests.

#include "ws/deflate.hpp"
#include "ws/frame.hpp"
#include "ws/frame_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wsf::ws {

// A client's message of one compressed frame.
inline std::string masked_compressed(Opcode opcode, std::string_view compressed_payload) {
  std::string out;
  append_masked_frame(out, opcode, compressed_payload, 0x12345678);
  out[0] = static_cast<char>(out[0] | kRsv1);
  return out;
}

// The messages in a server's bytes, "z:" before each that was compressed; a close as "close <code> <reason>".
inline std::vector<std::string> messages_in(std::string bytes) {
  std::span<char> rest(bytes);
  FrameReader reader(Role::client, 1 << 20, FrameReader::Compression::deflate);
  Inflater inflater;
  std::vector<std::string> messages;
  using Kind = FrameEvent::Kind;
  for (FrameEvent event = reader.next(rest); event.kind != Kind::need_more; event = reader.next(rest)) {
    const FrameEvent whole = inflater.inflate(event, 1 << 20);
    std::string text(whole.payload);
    if (event.compressed) text = "z:" + text;
    if (event.kind == Kind::close) text = "close " + std::to_string(event.close_code) + " " + text;
    messages.push_back(text);
    if (event.kind == Kind::close || event.kind == Kind::error) break;
  }
  return messages;
}

}  // namespace wsf::ws
