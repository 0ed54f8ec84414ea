// Whatever a connection begins with: the end of the header is found at the same place however the bytes are cut, and
// what is parsed is what a person would read from the header.

#include "base/check.hpp"
#include "ws/http_request.hpp"

#include <cstdint>
#include <string_view>

namespace {

using namespace wsf::ws;
using wsf::base::check;
using State = RequestProgress::State;

RequestProgress byte_by_byte(std::string_view bytes) {
  RequestProgress progress;
  for (std::size_t size = 1; size <= bytes.size() && progress.state == State::need_more; ++size) {
    progress = request_progress(bytes.substr(0, size), size - 1);
  }
  return progress;
}

void check_request(std::string_view header, const HttpRequest& request) {
  check(header.starts_with(request.method + " "), "the method stands at the begin");
  check(header.find(request.path) != header.npos, "the path is the request's own");
  check(request.path.find('?') == request.path.npos, "the path ends before the query");
  check(header.find("\r\n ") == header.npos && header.find("\r\n\t") == header.npos, "no line goes on in the next");
  check(request.host.find_first_of(" /@?#") == request.host.npos, "the host is one");
  check(!request.asks_upgrade || header.size() > 30, "an upgrade is asked for in words");
  const bool refused = refuse_upgrade(request).has_value();
  check(refused || request.websocket_version == "13", "only version 13 is let in");
  check(refused || request.key.size() == 24, "only a key of 16 bytes is let in");
  check(origin_allowed(request, {"*"}), "any origin is allowed where all are");
  check(request.origin || origin_allowed(request, {}), "no origin is no browser");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const RequestProgress whole = request_progress(bytes, 0);
  const RequestProgress cut = byte_by_byte(bytes);
  check(whole.state == cut.state && whole.header_bytes == cut.header_bytes, "the end is where it is");
  if (whole.state != State::complete) return 0;
  check(whole.header_bytes <= bytes.size(), "the header ends within the bytes");
  const std::string_view header = bytes.substr(0, whole.header_bytes);
  if (const auto request = parse_request(header)) check_request(header, *request);
  return 0;
}
