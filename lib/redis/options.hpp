#pragma once
// Which Redis, as whom, and how patiently.

#include "base/backoff.hpp"
#include "base/result.hpp"
#include "net/client_tls.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::redis {

inline constexpr std::size_t kMaxUrlBytes = 4096;
inline constexpr std::size_t kMaxPasswordBytes = 4096;

struct Options {
  std::string host = "127.0.0.1";  // a name or an address, an IPv6 address without its brackets
  std::uint16_t port = 6379;
  std::optional<net::TlsFiles> tls{};  // nullopt: plain TCP
  std::string user{};                  // of Redis' access lists; empty: the default user
  std::string password{};
  unsigned database = 0;
  std::string client_name = "wsfanout";  // what CLIENT LIST shows

  std::chrono::milliseconds connect_timeout{5'000};  // from the name's lookup to TLS
  std::chrono::milliseconds silence{10'000};         // then the server is asked for a sign of life
  std::chrono::milliseconds answer_timeout{5'000};   // and given up when it sends nothing for so long
  base::BackoffLimits reconnect{std::chrono::milliseconds{100}, std::chrono::milliseconds{10'000}};
  std::size_t max_reply_bytes = std::size_t{16} << 20;

  // "redis://[user@]host:port[/database]": never the password.
  std::string text() const;
};

// redis://[user[:password]@]host[:port][/database] or rediss:// (TLS that trusts the system's authorities), user and
// password percent-encoded where they need it. An error says what would be right, and never shows the URL: it may
// hold a password.
base::Result<Options> parse_redis_url(std::string_view text);

}  // namespace wsf::redis
