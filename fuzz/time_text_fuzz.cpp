// Times on the wire: what is taken is a whole text, and a fraction never changes the second.

#include "base/check.hpp"
#include "wsclient/time_text.hpp"

#include <cstdint>
#include <string>

using wsf::base::check;
using wsf::wsclient::parse_rfc3339_ms;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto time_ms = parse_rfc3339_ms(text);
  if (!time_ms) return 0;
  check(!parse_rfc3339_ms(text + "0") && !parse_rfc3339_ms(text + " "), "nothing may follow");
  const std::size_t dot = text.find('.');
  if (dot == text.npos) return 0;
  const std::size_t zone = text.find_first_not_of("0123456789", dot + 1);
  const auto second_ms = parse_rfc3339_ms(text.substr(0, dot) + text.substr(zone));
  check(second_ms && *time_ms >= *second_ms && *time_ms < *second_ms + 1000, "the fraction lies within the second");
  return 0;
}
