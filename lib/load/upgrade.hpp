#pragma once
// The client's half of the opening handshake (RFC 6455 section 4.1) as text, and the server's answer judged.

#include "base/exit_codes.hpp"
#include "ws/url.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wsf::load {

// A Sec-WebSocket-Key out of 128 bits of the caller's randomness.
std::string upgrade_key(std::uint64_t high, std::uint64_t low);

// What clients offer of permessage-deflate (RFC 7692). shared: each message stands on its own, so a server may make
// it once for many clients. takeover: messages refer back to those before, which takes fewer bytes on the line and a
// window for each connection.
enum class Compress : std::uint8_t { off, shared, takeover };

// `token`: goes into the Authorization header; empty: no such header.
std::string upgrade_request(const ws::Url& url, std::string_view key, Compress compress = Compress::off,
                            std::string_view token = {});

struct UpgradeAnswer {
  enum class Kind { need_more, accepted, refused } kind = Kind::need_more;
  std::size_t head_bytes = 0;        // of accepted: what follows are frames
  base::Exit exit = base::Exit::ok;  // of refused
  std::size_t window_bytes = 0;      // of accepted: how far back a message may refer to those before it
  std::string why;                   // of refused: "401 Unauthorized", "it does not speak HTTP"
};

// `bytes`: all that has come so far. Refused as soon as it cannot be a handshake any more, or when compression was
// offered and not agreed on.
UpgradeAnswer judge_upgrade(std::string_view bytes, std::string_view key, Compress compress = Compress::off);

inline constexpr std::size_t kMaxAnswerBytes = 16 * 1024;

}  // namespace wsf::load
