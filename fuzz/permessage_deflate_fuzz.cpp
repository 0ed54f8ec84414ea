// The extension's header and its payloads as a stranger sends them. Even first byte: the rest are offers; what we
// agree to must be what we would take as a client, but for the window. Odd: the rest is a compressed message for the
// shared inflater; whatever it was, the next good message must come out right, and no more than the limit ever does.

#include "ws/deflate.hpp"
#include "ws/permessage_deflate.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace wsf::ws;

constexpr std::uint64_t kMaxMessageBytes = 5000;
const std::string kGood = "one, two, three, one, two, three, one, two, three";

void expect(bool held) {
  if (!held) std::abort();
}

void negotiate(std::string_view offers) {
  const auto agreement = accept_deflate(offers);
  if (!agreement) return;
  expect(agreement->window_bits >= kLeastWindowBits && agreement->window_bits <= kMostWindowBits);
  expect(judge_deflate_answer(deflate_answer(*agreement)) == DeflateAnswer::granted);
}

void expand(std::string_view payload) {
  static Inflater inflater;
  static Deflater deflater;
  const FrameEvent event = inflater.inflate({FrameEvent::Kind::text, payload, 0, true}, kMaxMessageBytes);
  expect(event.kind == FrameEvent::Kind::error || event.payload.size() <= kMaxMessageBytes);
  expect(inflater.inflate({FrameEvent::Kind::text, deflater.deflate(kGood), 0, true}, kMaxMessageBytes).payload ==
         kGood);
  const std::string_view again = deflater.deflate(payload);
  if (again.empty()) return;
  expect(inflater.inflate({FrameEvent::Kind::binary, again, 0, true}, payload.size()).payload == payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  data[0] % 2 == 0 ? negotiate(rest) : expand(rest);
  return 0;
}
