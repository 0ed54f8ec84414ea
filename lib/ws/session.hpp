#pragma once
// One connection's slot in its shard's table: plain data, changed by Sessions only.

#include "hub/breaker.hpp"
#include "hub/fresh_frames.hpp"
#include "hub/outbox.hpp"
#include "ws/frame_reader.hpp"
#include "ws/kernel.hpp"

#include <cstdint>

namespace wsf::ws {

enum class SessionState : std::uint8_t {
  free,
  handshake,  // the request is not complete
  open,       // WebSocket
  closing,    // our close frame is queued or sent, the peer's is awaited
  lingering,  // all is said: what is queued goes out, then the peer ends the stream
};

struct alignas(64) Session {
  int fd = -1;
  std::uint32_t generation = 0;
  SessionState state = SessionState::free;
  Interest interest = Interest::read;
  bool blocked = false;     // the socket refused: its writability is awaited, or the end of a pause
  bool strained = false;    // the breaker has something to remember
  bool touched = false;     // stands in the list of those to flush at the end of the round
  bool http_waits = false;  // the head of the outbox is an HTTP answer, which is no frame
  bool heard = false;       // something came since the last ping
  bool pinged : 1 = false;
  bool fin_sent : 1 = false;
  bool context : 1 = false;      // compressed frames may refer to those before them
  std::uint8_t profile = 0;      // of those that Sessions holds
  std::uint8_t window_bits = 0;  // of compressed frames to this client (permessage_deflate.hpp); 0: it takes none
  // Of the stream whose messages it shares with others: so many bytes at its end are what the client's window ends
  // with.
  std::uint16_t history_bytes = 0;
  hub::FreshFrames::List fresh;  // empty while blocked or strained, or while something is in the outbox
  hub::Outbox outbox;
  FrameReader reader{Role::server, 0};
  hub::Breaker breaker;     // of an open session
  std::int64_t due_ms = 0;  // open: when the next ping is due; in any other state: when patience ends

  bool paused() const { return breaker.state() == hub::BreakerState::open; }
  bool awaits_room() const { return blocked && !paused(); }
};
static_assert(sizeof(Session) == 128, "two cache lines; what publishing looks at lies in the first");

}  // namespace wsf::ws
