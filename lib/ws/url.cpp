#include "ws/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace wsf::ws {
namespace {

constexpr std::uint16_t kPlainPort = 80;
constexpr std::uint16_t kSecurePort = 443;

base::Error wrong(std::string_view url, std::string_view what) {
  return {fmt::format("{}: {}", url.empty() ? "(empty)" : url, what)};
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

bool is_address_v6(std::string_view host) {
  return host.find(':') != std::string_view::npos &&
         std::ranges::all_of(host.substr(0, host.find('%')),
                             [](unsigned char c) { return std::isxdigit(c) || c == ':' || c == '.'; });
}

bool is_host_name(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '.' || c == '_';
  });
}

// What is wrong with the scheme of `text`: nothing when it is ws:// or wss://.
std::string scheme_error(std::string_view text) {
  const auto end = text.find("://");
  if (end == std::string_view::npos) return fmt::format("no scheme; write ws://{}", text);
  const auto scheme = lower(text.substr(0, end));
  if (scheme == "ws" || scheme == "wss") return {};
  if (scheme == "http") return fmt::format("not a WebSocket URL; write ws{}", text.substr(end));
  if (scheme == "https") return fmt::format("not a WebSocket URL; write wss{}", text.substr(end));
  return fmt::format("unknown scheme {}://; write ws://HOST[:PORT]/PATH", scheme);
}

base::Result<std::uint16_t> parse_port(std::string_view digits) {
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = failed == std::errc() && end == digits.data() + digits.size();
  if (!whole || value == 0 || value > 65535) return base::Error{"the port must be a number from 1 to 65535"};
  return static_cast<std::uint16_t>(value);
}

// "[::1]:8082" or "host:8082" into host and port.
base::Result<Url> parse_authority(std::string_view authority, bool secure) {
  Url url;
  url.secure = secure;
  if (secure) url.port = kSecurePort;
  std::string_view rest;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return base::Error{"the bracket of the IPv6 address is not closed"};
    url.host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
    if (!is_address_v6(url.host)) return base::Error{fmt::format("[{}] is no IPv6 address", url.host)};
  } else {
    url.host = authority.substr(0, authority.find(':'));
    rest = authority.substr(url.host.size());
    if (std::ranges::count(rest, ':') > 1) return base::Error{"an IPv6 address stands in brackets: ws://[::1]:8082/"};
    if (!is_host_name(url.host)) return base::Error{"no valid host name; write ws://HOST[:PORT]/PATH"};
  }
  if (rest.empty()) return url;
  if (!rest.starts_with(':')) return base::Error{"only :PORT may follow the address"};
  const auto port = parse_port(rest.substr(1));
  if (!port) return port.error();
  url.port = *port;
  return url;
}

}  // namespace

std::string Url::authority() const {
  auto result = host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
  if (port != (secure ? kSecurePort : kPlainPort)) result += fmt::format(":{}", port);
  return result;
}

std::string Url::text() const {
  const std::size_t query = target.find('?');
  return fmt::format("{}://{}{}{}", secure ? "wss" : "ws", authority(), target.substr(0, query),
                     query == std::string::npos ? "" : "?...");
}

base::Result<Url> parse_url(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return wrong(text.substr(0, 64), "the URL is too long");
  if (!is_printable_ascii(text)) return base::Error{"the URL holds a space or a byte that must be written as %XX"};
  if (const auto error = scheme_error(text); !error.empty()) return wrong(text, error);
  const auto rest = text.substr(text.find("://") + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (rest.find('#') != std::string_view::npos) return wrong(text, "a WebSocket URL has no fragment (#)");
  // The URL is not repeated: it holds a password.
  if (authority.find('@') != std::string_view::npos)
    return base::Error{"the URL may not hold a user name or password"};
  auto url = parse_authority(authority, lower(text.substr(0, 3)) == "wss");
  if (!url) return wrong(text, url.error().message);
  url->target = rest.substr(authority.size());
  if (!url->target.starts_with('/')) url->target.insert(0, "/");
  return url;
}

}  // namespace wsf::ws
