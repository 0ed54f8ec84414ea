#pragma once
// A WebSocket address as people type it (RFC 6455 section 3). Pure; any thread.

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wsf::ws {

inline constexpr std::size_t kMaxUrlBytes = 4096;

struct Url {
  std::string host;         // a name or an address; an IPv6 address without its brackets
  std::uint16_t port = 80;  // 1..65535
  std::string target;       // path and query as they were written; "/" when there was no path
  bool secure = false;      // wss://: over TLS

  // "host:port" for messages and the Host header, with brackets around an IPv6 address; the port only if it is not
  // the scheme's own (80, or 443 with TLS).
  std::string authority() const;
  // "ws://authority/path", or wss://, for messages and results; of a query, which may hold a token, "?..." is shown.
  std::string text() const;
};

// Takes ws:// and wss://. Everything else is an error that says what would be right: another scheme, no scheme, a
// user name, a fragment, a bad port, spaces and bytes that no request line may hold.
base::Result<Url> parse_url(std::string_view text);

}  // namespace wsf::ws
