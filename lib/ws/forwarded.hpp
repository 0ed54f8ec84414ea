#pragma once
// Who a request is from when proxies stand in between. Each proxy adds to a list whom it got the request from, and
// anybody may have sent the list's begin: it is believed from its end on, as far as those who wrote it are trusted.
// Pure functions.

#include "ws/http_request.hpp"
#include "ws/ip_address.hpp"

namespace wsf::ws {

// `peer`: who has the connection. The answer is the peer itself when it is not trusted, when the request says
// nothing, and when it says it in two ways (X-Forwarded-For, and Forwarded of RFC 7239), of which the client may have
// sent one.
IpAddress client_of(const IpAddress& peer, const HttpRequest& request, const IpRanges& trusted);

}  // namespace wsf::ws
