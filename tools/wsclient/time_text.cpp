#include "wsclient/time_text.hpp"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cctype>

namespace wsf::wsclient {
namespace {

constexpr std::int64_t kLatencyBelieved_us = 3'600'000'000;
constexpr std::int64_t kLastYear_ms = 253'402'300'800'000;  // 9999: microseconds until then fit

// Takes exactly `digits` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (!std::isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::int64_t take_fraction_ms(std::string_view& text) {
  std::int64_t ms = 0;
  for (int weight = 100; !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())); weight /= 10) {
    ms += weight * (text.front() - '0');
    text.remove_prefix(1);
  }
  return ms;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

std::optional<std::chrono::minutes> take_hours_minutes(std::string_view& text) {
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return std::chrono::minutes(0);
  const bool west = text.starts_with('-');
  if (!take(text, "+-")) return std::nullopt;
  const auto offset = take_hours_minutes(text);
  if (!offset) return std::nullopt;
  return west ? -*offset : *offset;
}

// Two units, the second with two digits: "1m05s".
std::string two_units(std::int64_t seconds) {
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  if (seconds < 86400) return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}d{:02}h", seconds / 86400, seconds / 3600 % 24);
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339_ms(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, "Tt ")) return std::nullopt;
  const auto time = take_hours_minutes(text);
  if (!time || !take(text, ":")) return std::nullopt;
  const auto seconds = take_number(text, 2);
  if (!seconds || *seconds > 60) return std::nullopt;  // 60: a leap second
  const auto fraction_ms = take(text, ".") ? take_fraction_ms(text) : 0;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const std::chrono::sys_seconds moment = *date + *time + std::chrono::seconds(*seconds) - *offset;
  return std::chrono::milliseconds(moment.time_since_epoch()).count() + fraction_ms;
}

std::string age_text(std::int64_t age_ms) {
  const auto tenths = std::max<std::int64_t>(age_ms, 0) / 100;
  if (tenths < 600) return fmt::format("{}.{} s", tenths / 10, tenths % 10);
  return two_units(tenths / 10);
}

std::string elapsed_text(std::int64_t elapsed_ms) {
  const auto seconds = std::max<std::int64_t>(elapsed_ms, 0) / 1000;
  return seconds < 60 ? fmt::format("{}s", seconds) : two_units(seconds);
}

std::string latency_text(std::int64_t latency_us) {
  if (latency_us < 10) return fmt::format("{} us", latency_us);
  const double ms = static_cast<double>(latency_us) / 1000;
  if (ms < 1) return fmt::format("{:.2f} ms", ms);
  if (ms < 10 && latency_us % 1000 != 0) return fmt::format("{:.1f} ms", ms);
  if (ms < 1000) return fmt::format("{:.0f} ms", ms);
  return fmt::format("{:.1f} s", ms / 1000);
}

std::string coarse_latency_text(std::int64_t latency_us) {
  if (latency_us < 1000) return "<1 ms";
  return latency_text(latency_us < 1'000'000 ? latency_us / 1000 * 1000 : latency_us);
}

std::optional<std::int64_t> passed_us(std::optional<std::int64_t> from_ms, std::int64_t now_us) {
  if (!from_ms || *from_ms < 0 || *from_ms > kLastYear_ms) return std::nullopt;
  const auto passed = now_us - *from_ms * 1000;
  if (passed < -kSkewAllowed_us || passed > kLatencyBelieved_us) return std::nullopt;
  return std::max<std::int64_t>(passed, 0);
}

std::string local_time(std::int64_t epoch_us) {
  const time_t seconds = epoch_us / 1'000'000;
  tm local{};
  ::localtime_r(&seconds, &local);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", local.tm_hour, local.tm_min, local.tm_sec, epoch_us / 1000 % 1000);
}

}  // namespace wsf::wsclient
