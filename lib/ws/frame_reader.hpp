#pragma once
// WebSocket frames read (RFC 6455 section 5): bytes as they come from a socket in, messages and control frames out.

#include "base/utf8.hpp"
#include "protocol/close_codes.hpp"
#include "ws/frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace wsf::ws {

enum class Role : std::uint8_t {
  server,
  client
};  // whose side reads: a server wants masked frames, a client unmasked

struct FrameEvent {
  enum class Kind : std::uint8_t { need_more, text, binary, ping, pong, close, error };
  Kind kind = Kind::need_more;
  std::string_view payload;  // of close: the peer's reason; of error: a short cause, fit to be our reason
  std::uint16_t close_code =
      0;                    // of close: the peer's code, kNoStatus if it gave none; of error: the code to fail with
  bool compressed = false;  // of text and binary: has still to be expanded (ws/deflate.hpp), and checked for UTF-8
};

// One connection's reading half. Owner: the session; one thread. An idle reader holds no heap. A message that lies
// whole and unfragmented in the bytes given is delivered where it lies; otherwise what has come of it is copied into
// a buffer that grows with the bytes that came, never with what a header announced, up to max_message_bytes plus one
// control frame, and is freed by the call that follows the delivery.
//
// Where compression was agreed on, a message whose first frame has RSV1 set (RFC 7692 section 6) is delivered as it
// came.
//
// Errors carry the close code: 1002 for a breach of section 5 (the mask bit not as the role wants it, a reserved bit,
// opcode or length form, a control frame in fragments or above 125 bytes, a close frame with a bad code), 1007 for a
// text or reason that is not UTF-8, 1009 for a message above max_message_bytes. Each is told with the byte that makes
// it certain: a length by the header, bad UTF-8 inside a frame that is still incomplete.
class FrameReader {
 public:
  enum class Compression : std::uint8_t { none, deflate };

  static constexpr std::uint64_t kMostMessageBytes = 1 << 30;  // a higher max_message_bytes means this

  FrameReader(Role role, std::uint64_t max_message_bytes, Compression compression = Compression::none);

  // Takes bytes, unmasked in place, until one event is complete, and moves the span past them. need_more: everything
  // was taken. The payload stays valid until the next call or until the bytes change. After close or error the
  // reader is finished: it drops whatever it is given.
  FrameEvent next(std::span<char>& bytes);

  bool finished() const { return finished_; }
  // Heap held now, for the accounting of a session.
  std::size_t buffered_bytes() const { return kept_ ? kept_->capacity() : 0; }

 private:
  using MaybeEvent = std::optional<FrameEvent>;

  MaybeEvent take_header(std::span<char>& bytes);
  MaybeEvent refuse_start();
  MaybeEvent take_length();
  MaybeEvent finish_frame(std::span<char> part);
  bool fill_header(std::span<char>& bytes, std::size_t wanted);
  std::size_t header_bytes() const;
  void begin_payload();
  std::span<char> take_payload(std::span<char>& bytes);
  void keep(std::span<const char> part);
  std::string_view gather(std::span<const char> part, std::size_t from);
  FrameEvent deliver_message(std::span<const char> part);
  FrameEvent deliver_control(std::span<const char> part);
  FrameEvent deliver_close(std::string_view payload);
  FrameEvent fail(protocol::Close code, std::string_view cause);
  void finish();
  void release_delivered();

  // message_bytes_ of the message under way, then those of a control frame in its midst; null while nothing is kept.
  std::unique_ptr<std::vector<char>> kept_;
  std::uint32_t message_bytes_ = 0;
  std::uint32_t max_message_bytes_;
  std::uint32_t missing_bytes_ = 0;  // of the payload under way
  std::array<std::uint8_t, kMaxHeaderBytes> header_{};
  std::array<std::uint8_t, 4> mask_{};  // turned so that its first byte covers the next byte of the payload
  std::uint8_t header_have_ = 0;
  base::Utf8Validator utf8_;
  Opcode opcode_ = Opcode::continuation;   // of the frame under way
  Opcode message_ = Opcode::continuation;  // of the message under way; continuation: none
  Role role_;
  Compression compression_;
  bool compressed_ : 1 = false;  // the message under way
  bool fin_ : 1 = false;
  bool in_payload_ : 1 = false;
  bool delivered_ : 1 = false;  // the last event's payload lies in what is kept
  bool finished_ : 1 = false;
};

static_assert(sizeof(FrameReader) <= 48, "one lies in each session");

}  // namespace wsf::ws
