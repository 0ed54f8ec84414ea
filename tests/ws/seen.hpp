#pragma once
// What a reader makes of a byte sequence, in a form that can be compared: ours here, Beast's in beast_peer.hpp.

#include "ws/frame_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::ws {

struct Seen {
  FrameEvent::Kind kind;
  std::string payload;  // of an error: its cause, which does not count when two are compared
  std::uint16_t code = 0;

  friend bool operator==(const Seen& a, const Seen& b) {
    return a.kind == b.kind && a.code == b.code && (a.kind == FrameEvent::Kind::error || a.payload == b.payload);
  }
  friend std::ostream& operator<<(std::ostream& out, const Seen& seen) {
    static constexpr const char* kNames[] = {"need_more", "text", "binary", "ping", "pong", "close", "error"};
    out << kNames[static_cast<std::size_t>(seen.kind)] << ' ' << seen.code << ' ' << seen.payload.size() << " B";
    return out << " \"" << seen.payload.substr(0, 40) << '"';
  }
};

// Feeds the reader pieces of the given sizes, in turn; the last size repeats. Stops at close or error.
inline std::vector<Seen> read_all(FrameReader& reader, std::string wire, const std::vector<std::size_t>& pieces) {
  std::vector<Seen> seen;
  std::size_t at = 0;
  for (std::size_t turn = 0; at < wire.size() && !reader.finished(); ++turn) {
    const std::size_t size =
        std::min(std::max<std::size_t>(pieces[std::min(turn, pieces.size() - 1)], 1), wire.size() - at);
    std::string piece = wire.substr(at, size);  // memory of its own: the sanitizer sees a read outside it
    at += size;
    std::span<char> bytes(piece);
    for (FrameEvent event = reader.next(bytes); event.kind != FrameEvent::Kind::need_more;
         event = reader.next(bytes)) {
      seen.push_back({event.kind, std::string(event.payload), event.close_code});
    }
  }
  return seen;
}

inline std::vector<Seen> read_all(Role role, std::uint64_t max_message_bytes, const std::string& wire,
                                  const std::vector<std::size_t>& pieces = {~std::size_t{0}}) {
  FrameReader reader(role, max_message_bytes);
  return read_all(reader, wire, pieces);
}

}  // namespace wsf::ws
