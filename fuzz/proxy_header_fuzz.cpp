// What a connection from a balancer begins with: the header ends at the same place however the bytes are cut, and
// what was decided stays.

#include "base/check.hpp"
#include "ws/proxy_header.hpp"

#include <cstdint>

using namespace wsf::ws;
using wsf::base::check;
using State = ProxyHeader::State;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ProxyHeader whole = read_proxy_header(bytes);
  ProxyHeader cut;
  for (std::size_t n = 0; n <= size && cut.state == State::need_more; ++n)
    cut = read_proxy_header(bytes.substr(0, n));
  check(whole.state == cut.state && whole.bytes == cut.bytes && whole.source == cut.source, "the end is where it is");
  check(whole.state == State::complete || !whole.source, "nobody is named before the end");
  check(whole.bytes <= size && whole.bytes <= kMaxProxyHeaderBytes, "the header lies within its bound");
  check(whole.state != State::need_more || size < kMaxProxyHeaderBytes, "nobody is waited for without an end");
  return 0;
}
