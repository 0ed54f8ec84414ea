// What a client brings, in all the places where it may stand: what is found was brought, and two that differ are
// none. The input's lines are the header, the API key, the subprotocols and one or more tokens of the query.

#include "auth/credential.hpp"
#include "auth/token.hpp"
#include "base/check.hpp"

#include <cstdint>

using namespace wsf::auth;
using wsf::base::check;

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view all = text;
  Offered offered;
  offered.authorization = take_line(text);
  offered.api_key = take_line(text);
  offered.subprotocols = take_line(text);
  while (!text.empty()) offered.token_parameters.push_back(take_line(text));
  const auto found = find_credential(offered);
  if (const auto* refusal = std::get_if<Refusal>(&found)) {
    check(*refusal == Refusal::missing || *refusal == Refusal::malformed, "none, or one too many");
    return 0;
  }
  const auto& credential = std::get<Credential>(found);
  const bool api_key = credential.kind == Credential::Kind::api_key;
  check(!api_key || credential.text == offered.api_key, "an API key stands where API keys do");
  check(api_key || offered.api_key.empty(), "a token beside an API key is neither");
  check(credential.text.size() <= all.size(), "nothing is made up");
  return 0;
}
