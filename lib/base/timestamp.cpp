#include "base/timestamp.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <chrono>

namespace wsf::base {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes `digits` digits from the front; -1: they are not there.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (!is_digit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// ".123456" in whole milliseconds; 0 where there are no decimals, -1 for a dot alone.
int take_decimals_ms(std::string_view& text) {
  if (!take(text, ".")) return 0;
  int ms = 0, digits = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits) {
    if (digits < 3) ms = ms * 10 + (text.front() - '0');
  }
  for (int i = digits; i < 3; ++i) ms *= 10;
  return digits == 0 ? -1 : ms;
}

// "Z", "+02:00"; nullopt: neither, or there is more.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  using std::chrono::minutes;
  if (take(text, "Zz")) return text.empty() ? std::optional(minutes(0)) : std::nullopt;
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const int hours = take_number(text, 2);
  if (hours < 0 || hours > 23 || !take(text, ":")) return std::nullopt;
  const int rest = take_number(text, 2);
  if (rest < 0 || rest > 59 || !text.empty()) return std::nullopt;
  return minutes((west ? -1 : 1) * (hours * 60 + rest));
}

}  // namespace

std::string rfc3339(std::int64_t epoch_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds(epoch_ms)};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"), static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::string rfc3339_brief(std::int64_t epoch_ms) {
  constexpr std::size_t kWholeSeconds = std::string_view("2025-10-27T10:30:00").size();
  std::string text = rfc3339(epoch_ms);
  if (epoch_ms % 1000 != 0) return text;
  text.resize(kWholeSeconds);
  return text += 'Z';
}

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const int year_number = take_number(text, 4);
  if (year_number < 0 || !take(text, "-")) return std::nullopt;
  const int month_number = take_number(text, 2);
  if (month_number < 0 || !take(text, "-")) return std::nullopt;
  const int day_number = take_number(text, 2);
  if (day_number < 0 || !take(text, "Tt ")) return std::nullopt;
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ":")) return std::nullopt;
  const int minute = take_number(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ":")) return std::nullopt;
  const int second = take_number(text, 2);
  if (second < 0 || second > 60) return std::nullopt;  // a leap second counts as the next one
  const int ms = take_decimals_ms(text);
  const auto offset = take_offset(text);
  const year_month_day date{year(year_number), month(static_cast<unsigned>(month_number)),
                            day(static_cast<unsigned>(day_number))};
  if (ms < 0 || !offset || !date.ok()) return std::nullopt;
  const auto at = sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + milliseconds(ms) - *offset;
  const std::int64_t epoch_ms = duration_cast<milliseconds>(at.time_since_epoch()).count();
  return epoch_ms < 0 || epoch_ms > kMaxEpochMs ? std::nullopt : std::optional(epoch_ms);
}

}  // namespace wsf::base
