// Pairs as people write them: what is taken, the server understands.

#include "base/check.hpp"
#include "protocol/fx_rates.hpp"
#include "wsclient/request.hpp"

#include <cstdint>
#include <string>

using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto pairs = wsf::wsclient::parse_pairs({std::string(reinterpret_cast<const char*>(data), size)});
  if (!pairs) {
    check(!pairs.error().message.empty(), "a refusal says why");
    return 0;
  }
  const auto command = wsf::protocol::parse_command(wsf::wsclient::subscribe_request(*pairs, {}));
  check(command.action == wsf::protocol::Action::subscribe, "it is a subscription");
  check(command.pairs == *pairs && command.refused.empty(), "of these pairs, each once");
  return 0;
}
