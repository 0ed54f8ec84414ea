// A JWK set from anywhere: bounded, without secrets where those do not count, and safe to verify with.

#include "auth/key_set.hpp"
#include "auth/token.hpp"
#include "base/check.hpp"

#include <cstdint>

using namespace wsf::auth;
using wsf::base::check;

namespace {

// Tokens of each kind of algorithm, with signatures that no key has made.
constexpr std::string_view kTokens[] = {
    "eyJhbGciOiJIUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
    "eyJhbGciOiJQUzI1NiJ9.e30.AAAA",
    "eyJhbGciOiJFUzI1NiJ9.e30."
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

void check_keys(std::string_view text, bool secrets) {
  const auto keys = KeySet::from_jwks(text, secrets);
  if (!keys) {
    check(!keys.error().message.empty(), "a refusal says why");
    return;
  }
  check(!keys->empty() && keys->size() <= KeySet::kMaxKeys, "there are some, and not too many");
  check(secrets || !keys->has_weak_secret(), "no secrets where they do not count");
  for (const std::string_view one : kTokens) {
    check(keys->verify(std::get<Token>(take_apart(one))).has_value(), "what nobody signed is refused");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_keys(text, false);
  check_keys(text, true);
  return 0;
}
