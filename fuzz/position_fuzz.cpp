// Positions as clients send them: what is taken has one text, and that text is read back as the same position.

#include "base/check.hpp"
#include "protocol/fx_rates.hpp"

#include <cstdint>

using namespace wsf::protocol;
using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto position = parse_position({reinterpret_cast<const char*>(data), size});
  if (!position) return 0;
  check(position->partition >= 0 && position->epoch >= 0 && position->offset >= 0, "nothing is negative");
  check(parse_position(to_text(*position)) == position, "a position is read back");
  return 0;
}
