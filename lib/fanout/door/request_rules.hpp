#pragma once
// What is asked of every request, whatever it is for.

#include "ws/http_request.hpp"

#include <optional>

namespace wsf::fanout {

// The answer to a request that breaks the rules; std::nullopt: it keeps them.
inline std::optional<ws::HttpReply> break_of_rules(const ws::HttpRequest& request) {
  if (request.method != "GET") return ws::plain_reply(405, "only GET is served here", "Allow: GET\r\n");
  if (request.repeats_a_field) return ws::plain_reply(400, "a header field that may stand once is repeated");
  if (request.announces_body) return ws::plain_reply(400, "no body is expected");
  if (request.http_1_1 && request.host.empty()) return ws::plain_reply(400, "Host is missing");
  return std::nullopt;
}

}  // namespace wsf::fanout
