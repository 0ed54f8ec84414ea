#pragma once
// The request that every connection begins with: parsed once its header is complete, then judged by the rules of an
// upgrade (RFC 9112, RFC 6455 section 4.2.1). Pure functions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::ws {

inline constexpr std::size_t kMaxRequestBytes = 16 * 1024;  // request line and headers together

struct HttpRequest {
  std::string method;
  std::string path;   // of the target, without the query
  std::string query;  // after '?', as it came
  std::optional<std::string> origin;
  std::string host;
  std::string key;                // Sec-WebSocket-Key
  std::string websocket_version;  // Sec-WebSocket-Version
  std::string subprotocols;       // Sec-WebSocket-Protocol, all lines joined by ", "
  std::string extensions;         // Sec-WebSocket-Extensions, likewise
  std::string authorization;      // Authorization
  std::string api_key;            // X-Api-Key
  std::string forwarded;          // Forwarded, all lines joined by ", "
  std::string forwarded_for;      // X-Forwarded-For, likewise
  std::string traceparent;        // empty also where it stands twice (W3C Trace Context section 3.2)
  bool http_1_1 = false;
  bool asks_upgrade = false;     // Upgrade: websocket, and Connection names it
  bool repeats_a_field = false;  // one of those that may stand only once stands twice
  bool announces_body = false;   // by Transfer-Encoding, or a Content-Length that is not 0
};

// The state of a request that is still coming in.
struct RequestProgress {
  enum class State { need_more, complete, refused } state = State::need_more;
  std::size_t header_bytes = 0;  // of a complete one
  int status = 0;                // of a refused one: 400 or 431
};

// `bytes`: all that came so far. `looked_at`: how many of them an earlier call has seen. Linear in the new bytes, so
// that a request sent byte by byte costs no more than a whole one. A line that ends in LF alone, or goes on in the
// next one, is refused with the byte that shows it (RFC 9112 sections 2.2 and 5.2): readers differ in what they see
// there.
RequestProgress request_progress(std::string_view bytes, std::size_t looked_at);

// Parses a complete header. std::nullopt: malformed (400), which a Host that is none is as well (RFC 9112
// section 3.2).
std::optional<HttpRequest> parse_request(std::string_view header);

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string extra_headers;  // complete lines, each ended by CRLF
};

// The whole answer; it ends the connection (one request at a time).
std::string encode_reply(const HttpReply& reply);
HttpReply plain_reply(int status, std::string_view text, std::string_view extra_headers = {});

// What is wrong with a request that asks for a WebSocket at a path that has one; std::nullopt: nothing.
std::optional<HttpReply> refuse_upgrade(const HttpRequest& request);

// Sec-WebSocket-Accept of a key (RFC 6455 section 4.2.2).
std::string accept_key(std::string_view key);

// The answer 101. Names subprotocol and extensions if they are not empty.
std::string switching_protocols(std::string_view key, std::string_view subprotocol, std::string_view extensions = {});

// Is `item` among those of a comma list, case ignored?
bool lists(std::string_view comma_list, std::string_view item);

// The origin's rule: true when `allowed` holds "*" or exactly this origin, or when it is the request's own host and
// port, or when there is none (not a browser).
bool origin_allowed(const HttpRequest& request, const std::vector<std::string>& allowed);

}  // namespace wsf::ws
