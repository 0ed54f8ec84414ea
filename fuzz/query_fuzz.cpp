// The query of a target: its values are no longer than it is, and what percent-encoding hides is found.

#include "base/check.hpp"
#include "ws/query.hpp"

#include <algorithm>
#include <cstdint>

using wsf::base::check;
using wsf::ws::query_values;

namespace {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  const auto values = query_values(query, "token");
  std::size_t bytes = 0;
  for (const std::string& value : values) bytes += value.size() + std::string_view("token").size();
  check(bytes <= size, "values are parts of the query");
  check(values.size() <= static_cast<std::size_t>(std::ranges::count(query, '&')) + 1, "one of each part");
  const auto hidden = query_values("token=" + percent_encoded(query), "token");
  check(hidden.size() == 1 && hidden[0] == query, "any bytes come through");
  return 0;
}
