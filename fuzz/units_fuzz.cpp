// Durations, sizes, rates and counts: what is taken is in range, and its written form is read back as the same.

#include "base/check.hpp"
#include "base/units.hpp"

#include <cmath>
#include <cstdint>

using namespace wsf::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto duration = parse_duration(text)) {
    check(duration->count() >= 0, "no duration is negative");
    const auto again = parse_duration(format_duration(*duration));
    check(again && *again == *duration, "a duration is read back");
  }
  if (const auto bytes = parse_size(text)) {
    const auto again = parse_size(format_size(*bytes));
    check(again && *again == *bytes, "a size is read back");
  }
  if (const auto rate = parse_rate(text)) {
    check(std::isfinite(*rate) && *rate >= 0, "a rate is a rate");
    check(parse_rate(format_rate(*rate)).has_value(), "a rate is read back");
  }
  if (const auto count = parse_count(text)) check(!format_count(*count).empty(), "a count can be shown");
  if (const auto number = parse_number(text)) check(std::isfinite(*number), "a number is finite");
  return 0;
}
