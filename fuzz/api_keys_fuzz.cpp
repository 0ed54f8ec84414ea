// A file of API keys: each line is a key or an error that names it, and no key is found but by its own text.

#include "auth/api_keys.hpp"
#include "base/check.hpp"

#include <algorithm>
#include <cstdint>

using wsf::auth::ApiKeys;
using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto keys = ApiKeys::parse(text);
  if (!keys) {
    check(keys.error().message.starts_with("line ") || keys.error().message.starts_with("more than "),
          "an error says where");
    return 0;
  }
  check(keys->size() <= static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1, "a line is one key at most");
  check(std::holds_alternative<wsf::auth::Refusal>(keys->find(text.substr(0, 64))), "the file holds no key itself");
  return 0;
}
