#pragma once
// The client's bytes for tests of the server: the upgrade request, masked frames, and frames read back as texts.

#include "ws/frame.hpp"
#include "ws/frame_reader.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::fanout {

inline std::string upgrade_request(std::string_view path = "/ws/fx-rates", std::string_view extra = "") {
  return "GET " + std::string(path) +
         " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
         std::string(extra) + "\r\n";
}

inline std::string client_text(std::string_view text) {
  std::string out;
  ws::append_masked_frame(out, ws::Opcode::text, text, 0x01020304);
  return out;
}

// The texts in a server's bytes; a close frame ends the list as "close <code>".
inline std::vector<std::string> texts_in(std::string bytes) {
  std::span<char> rest(bytes);
  ws::FrameReader reader(ws::Role::client, 1 << 20);
  std::vector<std::string> texts;
  using Kind = ws::FrameEvent::Kind;
  for (ws::FrameEvent event = reader.next(rest); event.kind != Kind::need_more; event = reader.next(rest)) {
    if (event.kind == Kind::text) texts.emplace_back(event.payload);
    if (event.kind == Kind::close || event.kind == Kind::error) {
      texts.push_back("close " + std::to_string(event.close_code));
      break;
    }
  }
  return texts;
}

}  // namespace wsf::fanout
