#pragma once
// The other end of a connection that agreed to permessage-deflate, for tests.

#include "ws/deflate.hpp"
#include "ws/frame.hpp"
#include "ws/frame_reader.hpp"

#include <zlib.h>

#include <span>
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

// Keeps its window from message to message, as a client may that was not told that each stands alone.
class KeepingInflater {
 public:
  explicit KeepingInflater(int window_bits = 15) { inflateInit2(&zlib_, -window_bits); }
  ~KeepingInflater() { inflateEnd(&zlib_); }
  KeepingInflater(const KeepingInflater&) = delete;
  KeepingInflater& operator=(const KeepingInflater&) = delete;

  // "broken" for what it cannot expand.
  std::string expand(std::string payload) {
    payload += std::string_view("\x00\x00\xff\xff", 4);
    std::string out(1 << 16, '\0');
    zlib_.next_in = reinterpret_cast<Bytef*>(payload.data());
    zlib_.avail_in = static_cast<uInt>(payload.size());
    zlib_.next_out = reinterpret_cast<Bytef*>(out.data());
    zlib_.avail_out = static_cast<uInt>(out.size());
    if (inflate(&zlib_, Z_SYNC_FLUSH) != Z_OK || zlib_.avail_in > 0) return "broken";
    out.resize(out.size() - zlib_.avail_out);
    return out;
  }

  // The messages in a server's bytes, as messages_in() gives them.
  std::vector<std::string> messages_in(std::string bytes) {
    std::span<char> rest(bytes);
    FrameReader reader(Role::client, 1 << 20, FrameReader::Compression::deflate);
    std::vector<std::string> messages;
    using Kind = FrameEvent::Kind;
    for (FrameEvent event = reader.next(rest); event.kind != Kind::need_more; event = reader.next(rest)) {
      std::string text(event.payload);
      if (event.compressed) text = "z:" + expand(text);
      if (event.kind == Kind::close) text = "close " + std::to_string(event.close_code) + " " + text;
      messages.push_back(text);
      if (event.kind == Kind::close || event.kind == Kind::error) break;
    }
    return messages;
  }

 private:
  z_stream zlib_{};
};

}  // namespace wsf::ws
