// Lists of proxies: an answer is the peer, or stands in the list; without trust it is the peer. The input's first
// line is X-Forwarded-For, the second Forwarded.

#include "base/check.hpp"
#include "ws/forwarded.hpp"

#include <algorithm>
#include <cstdint>

using namespace wsf::ws;
using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  HttpRequest request;
  request.forwarded_for = text.substr(0, end);
  request.forwarded = text.substr(std::min(end + 1, text.size()));
  const IpAddress peer = parse_ip("10.0.0.1").value();
  check(client_of(peer, request, {}) == peer, "nobody is believed without trust");
  const IpRanges trusted = IpRanges::parse({"10.0.0.0/8"}).value();
  const IpAddress client = client_of(peer, request, trusted);
  request.forwarded_for += request.forwarded_for.empty() ? "" : ", 10.0.0.2";
  request.forwarded +=
      request.forwarded.empty() || std::ranges::count(request.forwarded, '"') % 2 != 0 ? "" : ", for=10.0.0.2";
  const IpAddress again = client_of(peer, request, trusted);
  check(trusted.contain(client) ? trusted.contain(again) : again == client, "a trusted hop more changes no client");
  return 0;
}
