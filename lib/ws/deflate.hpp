#pragma once
// Messages compressed and expanded by DEFLATE (RFC 7692 section 7.2), each on its own, or with reference to those
// before it. One of each for a shard, used on its thread only. zlib stays inside.

#include "ws/frame_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace wsf::ws {

inline constexpr std::string_view kBadCompression = "invalid compressed data";  // as reason of a close

class Deflater {
 public:
  // Below this a message is sent as it is. Measured with updates of FX rates: 32 bytes grow, 64 shrink by 5, 128 by
  // 24, 306 by 103; the headers of TCP and IP alone have 52.
  static constexpr std::size_t kLeastBytes = 128;

  Deflater();  // about 150 KiB
  ~Deflater();

  // The payload of a frame with RSV1 set, valid until the next call. Empty: compression does not make it smaller. It
  // refers to `history` for what it can: the end of what the peer's window holds already (section 7.1.1), to the
  // byte.
  std::string_view deflate(std::string_view message, std::string_view history = {});

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

class Inflater {
 public:
  // What stays allocated from one message to the next.
  static constexpr std::size_t kKeptBytes = std::size_t{64} << 10;

  Inflater();  // about 40 KiB beside the message's
  ~Inflater();

  // Expands a compressed text or binary message that a FrameReader gave; any other event comes back as it is. The
  // payload is valid until the next call. Instead of the message an error: 1009 when it has more than
  // max_message_bytes (of a bomb not a byte more than one above that is made), 1007 for broken data and for a text
  // that is not UTF-8. `before`: what the message may refer back to, the end of what was expanded before it on its
  // connection (section 7.2.2 without server_no_context_takeover).
  FrameEvent inflate(const FrameEvent& event, std::uint64_t max_message_bytes, std::string_view before = {});

 private:
  struct Stream;
  enum class Ending { whole, too_big, broken };
  Ending expand(std::string_view payload, std::size_t max_message_bytes, std::string_view before);
  void begin_block(std::string_view before);

  std::unique_ptr<Stream> stream_;
};

}  // namespace wsf::ws
