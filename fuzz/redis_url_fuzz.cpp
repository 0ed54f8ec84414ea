// A Redis URL that is taken names a place; neither its text nor a refusal holds the password.

#include "base/check.hpp"
#include "redis/options.hpp"

#include <cstdint>

using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto options = wsf::redis::parse_redis_url({reinterpret_cast<const char*>(data), size});
  if (!options) {
    check(!options.error().message.empty(), "a refusal says why");
    return 0;
  }
  check(!options->host.empty() && options->port > 0, "all parts are there");
  auto other = *options;
  other.password += "another";
  check(other.text() == options->text(), "the text does not depend on the password");
  return 0;
}
