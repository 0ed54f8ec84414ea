// An answer of a server to wsclient doctor's question, whatever it sends.

#include "base/check.hpp"
#include "wsclient/http_get.hpp"

#include <cstdint>

using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const auto answer = wsf::wsclient::parse_http_answer(raw);
  check(answer.status < 1000, "a status has three digits");
  check(raw.ends_with(answer.body), "the body ends the answer");
  return 0;
}
