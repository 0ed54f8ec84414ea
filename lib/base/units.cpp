#include "base/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace wsf::base {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array kTimeUnits{Unit{"ns", 1},   Unit{"us", 1e3},   Unit{"ms", 1e6},    Unit{"s", 1e9},
                                Unit{"m", 60e9}, Unit{"h", 3600e9}, Unit{"d", 86'400e9}};
constexpr std::array kSizeUnits{
    Unit{"B", 1},      Unit{"kB", 1e3},    Unit{"MB", 1e6},      Unit{"GB", 1e9},       Unit{"K", 1024},
    Unit{"KiB", 1024}, Unit{"M", 1048576}, Unit{"MiB", 1048576}, Unit{"G", 1073741824}, Unit{"GiB", 1073741824}};
constexpr std::array kRateUnits{Unit{"/s", 1}, Unit{"/m", 60}, Unit{"/min", 60}, Unit{"/h", 3600}};

constexpr std::string_view kDurationForms = "is not a duration (try 30s, 250ms, 5m)";
constexpr std::string_view kSizeForms = "is not a size (try 65536, 64KiB, 8MiB)";
constexpr std::string_view kRateForms = "is not a rate (try 100/s, 6/m)";

Error wrong(std::string_view text, std::string_view why) {
  return Error{fmt::format("\"{}\" {}", text, why)};
}

template <class Units>
const Unit* find_unit(const Units& units, std::string_view name) {
  for (const Unit& unit : units)
    if (unit.name == name) return &unit;
  return nullptr;
}

// Takes a plain decimal number (no sign, exponent, inf or nan) from the front of `rest`.
bool take_number(std::string_view& rest, double& number) {
  const std::size_t length = std::min(rest.find_first_not_of("0123456789."), rest.size());
  if (length == 0) return false;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + length, number, std::chars_format::fixed);
  if (error != std::errc() || end != rest.data() + length) return false;
  rest.remove_prefix(length);
  return true;
}

std::string_view take_word(std::string_view& rest) {
  const std::size_t length = std::min(rest.find_first_of("0123456789."), rest.size());
  const std::string_view word = rest.substr(0, length);
  rest.remove_prefix(length);
  return word;
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  std::string_view rest = text;
  double total_ns = 0;
  double smaller_than = std::numeric_limits<double>::infinity();
  do {
    double number = 0;
    if (!take_number(rest, number)) return wrong(text, kDurationForms);
    const std::string_view name = take_word(rest);
    const Unit* unit = find_unit(kTimeUnits, name);
    const bool bare = name.empty() && total_ns == 0 && rest.empty() && std::isinf(smaller_than);
    if (bare) unit = find_unit(kTimeUnits, "s");
    if (unit == nullptr || unit->factor >= smaller_than) return wrong(text, kDurationForms);
    smaller_than = unit->factor;
    total_ns += number * unit->factor;
  } while (!rest.empty());
  if (total_ns >= 9.2e18) return wrong(text, "is too long a duration");
  return std::chrono::nanoseconds(std::llround(total_ns));
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::string_view rest = text;
  double number = 0;
  if (!take_number(rest, number)) return wrong(text, kSizeForms);
  const Unit* unit = find_unit(kSizeUnits, rest.empty() ? "B" : rest);
  if (unit == nullptr) return wrong(text, kSizeForms);
  const double bytes = number * unit->factor;
  if (bytes >= 9e18) return wrong(text, "is too large a size");
  if (rest.empty()) return parse_count(text);
  return static_cast<std::uint64_t>(std::llround(bytes));
}

Result<double> parse_rate(std::string_view text) {
  std::string_view rest = text;
  double number = 0;
  if (!take_number(rest, number) || !std::isfinite(number)) return wrong(text, kRateForms);
  if (rest.empty()) return number;
  const Unit* unit = find_unit(kRateUnits, rest);
  if (unit == nullptr) return wrong(text, kRateForms);
  return number / unit->factor;
}

Result<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return wrong(text, "is too large");
  if (error != std::errc() || end != text.data() + text.size()) return wrong(text, "is not a whole number");
  return number;
}

Result<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return wrong(text, "is not a number");
  return number;
}

std::string format_duration(std::chrono::nanoseconds value) {
  constexpr std::array kShown{Unit{"h", 3600e9}, Unit{"m", 60e9}, Unit{"s", 1e9}, Unit{"ms", 1e6}, Unit{"us", 1e3}};
  const std::int64_t ns = value.count();
  if (ns == 0) return "0s";
  for (const Unit& unit : kShown) {
    const auto factor = static_cast<std::int64_t>(unit.factor);
    if (ns % factor == 0) return fmt::format("{}{}", ns / factor, unit.name);
  }
  return fmt::format("{}ns", ns);
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kNames{"", "KiB", "MiB", "GiB"};
  std::size_t power = 0;
  while (power + 1 < kNames.size() && bytes != 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++power;
  }
  return fmt::format("{}{}", bytes, kNames[power]);
}

std::string format_count(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t from_end = 3; from_end < digits.size(); from_end += 4)
    digits.insert(digits.size() - from_end, 1, ',');
  return digits;
}

std::string format_rate(double per_s) {
  std::array<char, 1100> text{};  // the longest double without an exponent, which parse_rate() does not take
  const auto end = std::to_chars(text.data(), text.data() + text.size(), per_s, std::chars_format::fixed).ptr;
  return std::string(text.data(), end) + "/s";
}

}  // namespace wsf::base
