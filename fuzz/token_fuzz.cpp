// A token that anybody may send: its parts are its own bytes, and no key of ours is ever talked into accepting it.

#include "auth/key_set.hpp"
#include "auth/token.hpp"
#include "base/check.hpp"

#include <cstdint>

using namespace wsf::auth;
using wsf::base::check;

namespace {

// A secret that no input can know; the fuzzer does not see it in what it compares.
const KeySet& keys() {
  static const KeySet made = KeySet::from_secret("0d8f1c6b7a54e3920d8f1c6b7a54e392").value();
  return made;
}

bool within(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = take_apart(text);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
    check(*refusal == Refusal::malformed || *refusal == Refusal::unsupported, "of a text no more can be said");
    return 0;
  }
  const auto& token = std::get<Token>(parsed);
  check(size <= kMaxTokenBytes, "a longer one is none");
  for (const std::string_view part : {token.header, token.payload, token.signature}) {
    check(within(part, text) && part.find('.') == part.npos, "the parts are the text's own");
  }
  check(token.header.size() + token.payload.size() + token.signature.size() + 2 == size, "nothing is left over");
  check(from_base64url(token.payload) == token.claims, "the claims are the payload");
  check(keys().verify(token).has_value(), "nobody signs without the secret");
  return 0;
}
