// A URL that is taken is read again from its own text as the same one, and holds nothing that a request line may not.

#include "base/check.hpp"
#include "ws/url.hpp"

#include <algorithm>
#include <cstdint>

using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url = wsf::ws::parse_url({reinterpret_cast<const char*>(data), size});
  if (!url) {
    check(!url.error().message.empty(), "a refusal says why");
    return 0;
  }
  check(!url->host.empty() && url->port > 0 && url->target.starts_with('/'), "all parts are there");
  check(std::ranges::all_of(url->target, [](unsigned char c) { return c > ' ' && c != 0x7F; }),
        "the target is clean");
  const auto again = wsf::ws::parse_url(url->text());
  check(again && again->host == url->host && again->port == url->port && again->target == url->target,
        "the text names the same place");
  return 0;
}
