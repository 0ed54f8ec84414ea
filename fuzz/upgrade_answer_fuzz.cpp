// A server's answer to wsload's handshake, in two parts: what the first part decided, the rest does not change.

#include "base/check.hpp"
#include "load/upgrade.hpp"

#include <cstdint>

using namespace wsf::load;
using wsf::base::check;
using Kind = UpgradeAnswer::Kind;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
  const auto compress = static_cast<Compress>(data[0] % 3);
  const auto all = judge_upgrade(bytes, kKey, compress);
  check(all.head_bytes <= bytes.size(), "the head lies in what came");
  check((all.kind == Kind::refused) == !all.why.empty(), "a refusal says why");
  const auto part = judge_upgrade(bytes.substr(0, bytes.size() * data[0] / 256), kKey, compress);
  check(part.kind == Kind::need_more || part.kind == all.kind, "what was decided stays");
  return 0;
}
