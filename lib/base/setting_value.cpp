#include "base/setting_value.hpp"

#include "base/nearest.hpp"
#include "base/units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

namespace wsf::base {
namespace {

using Done = boost::system::result<void, Error>;

Error wrong(const std::string& text, const std::string& why) {
  return Error{fmt::format("\"{}\" {}", text, why)};
}

Result<std::string> read(const std::string& text, std::string*) {
  return {boost::system::in_place_value, text};
}
Result<double> read(const std::string& text, double*) {
  return parse_number(text);
}

Result<bool> read(const std::string& text, bool*) {
  for (const char* yes : {"true", "1", "yes", "on"})
    if (text == yes) return true;
  for (const char* no : {"false", "0", "no", "off"})
    if (text == no) return false;
  return wrong(text, "is neither true nor false");
}

template <std::integral T>
Result<T> read(const std::string& text, T*) {
  const bool negative = std::is_signed_v<T> && text.starts_with('-');
  const auto count = parse_count(std::string_view(text).substr(negative ? 1 : 0));
  constexpr auto kHighest = std::numeric_limits<T>::max();
  if (!count || *count > static_cast<std::uint64_t>(kHighest)) {
    const T lowest = std::is_signed_v<T> ? -kHighest : T{0};
    if constexpr (sizeof(T) == sizeof(std::uint64_t)) return wrong(text, "is not a whole number, 0 or more");
    return wrong(text, fmt::format("is not a whole number from {} to {}", lowest, kHighest));
  }
  return static_cast<T>(negative ? -static_cast<T>(*count) : static_cast<T>(*count));
}

Result<Duration> read(const std::string& text, Duration*) {
  const auto value = parse_duration(text);
  if (!value) return value.error();
  return Duration{*value};
}

Result<Size> read(const std::string& text, Size*) {
  const auto value = parse_size(text);
  if (!value) return value.error();
  return Size{*value};
}

Result<Rate> read(const std::string& text, Rate*) {
  const auto value = parse_rate(text);
  if (!value) return value.error();
  return Rate{*value};
}

std::string show(const std::string& value) {
  return value;
}
std::string show(bool value) {
  return value ? "true" : "false";
}
std::string show(Duration value) {
  return format_duration(value.value);
}
std::string show(Size value) {
  return format_size(value.bytes);
}
std::string show(Rate value) {
  return format_rate(value.per_s);
}
template <class T>
requires(std::integral<T> || std::floating_point<T>) std::string show(T value) {
  return fmt::format("{}", value);
}

template <class T>
double measure(const T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<double>(value);
  } else if constexpr (std::is_same_v<T, Duration>) {
    return std::chrono::duration<double>(value.value).count();
  } else if constexpr (std::is_same_v<T, Size>) {
    return static_cast<double>(value.bytes);
  } else if constexpr (std::is_same_v<T, Rate>) {
    return value.per_s;
  } else {
    return 0;
  }
}

// A bound in the words of the type: 1.5 as a Duration is "1500ms".
template <class T>
std::string show_bound(double bound) {
  if constexpr (std::is_same_v<T, Duration>)
    return format_duration(std::chrono::nanoseconds(std::llround(bound * 1e9)));
  if constexpr (std::is_same_v<T, Size>) return format_size(static_cast<std::uint64_t>(bound));
  if constexpr (std::is_same_v<T, Rate>) return format_rate(bound);
  return bound == std::floor(bound) ? fmt::format("{:.0f}", bound) : fmt::format("{}", bound);
}

template <class T>
Done check_range(const std::string& text, const T& value, const Allowed& allowed) {
  if (!allowed.range) return {};
  const auto [lowest, highest] = *allowed.range;
  if (measure(value) >= lowest && measure(value) <= highest) return {};
  if (highest == std::numeric_limits<double>::infinity())
    return wrong(text, fmt::format("is too small (at least {})", show_bound<T>(lowest)));
  return wrong(text, fmt::format("is out of range ({} to {})", show_bound<T>(lowest), show_bound<T>(highest)));
}

Done check_choice(const std::string& text, const Allowed& allowed) {
  if (allowed.one_of.empty()) return {};
  if (std::find(allowed.one_of.begin(), allowed.one_of.end(), text) != allowed.one_of.end()) return {};
  const auto guess = nearest(text, allowed.one_of);
  return wrong(text, fmt::format("is none of {}{}", fmt::join(allowed.one_of, ", "),
                                 guess ? fmt::format(" (did you mean {}?)", *guess) : ""));
}

template <class T>
Done assign_one(T& variable, const std::string& text, const Allowed& allowed) {
  auto value = read(text, static_cast<T*>(nullptr));
  if (!value) return value.error();
  if (auto fits = check_choice(text, allowed); !fits) return fits;
  if (auto fits = check_range(text, *value, allowed); !fits) return fits;
  variable = *std::move(value);
  return {};
}

template <class T>
Done assign_one(std::optional<T>& variable, const std::string& text, const Allowed& allowed) {
  T value{};
  if (auto done = assign_one(value, text, allowed); !done) return done;
  variable = std::move(value);
  return {};
}

// At commas; or, for raw lists, at the ends of lines: the environment has one value only for several items.
std::vector<std::string> split(const std::vector<std::string>& texts, bool at_commas) {
  const char separator = at_commas ? ',' : '\n';
  std::vector<std::string> items;
  for (const std::string& text : texts) {
    for (std::size_t from = 0; from <= text.size();) {
      const std::size_t end = std::min(text.find(separator, from), text.size());
      std::string item = text.substr(from, end - from);
      if (at_commas) {
        item.erase(0, std::min(item.find_first_not_of(" \t"), item.size()));
        item.erase(item.find_last_not_of(" \t") + 1);
      }
      if (!item.empty()) items.push_back(std::move(item));
      from = end + 1;
    }
  }
  return items;
}

Done assign_list(std::vector<std::string>& variable, const std::vector<std::string>& texts, const Allowed& allowed) {
  std::vector<std::string> items = split(texts, allowed.split_commas);
  for (const std::string& item : items)
    if (auto fits = check_choice(item, allowed); !fits) return fits;
  variable = std::move(items);
  return {};
}

template <class T>
std::optional<std::string> show_any(const T& value) {
  return show(value);
}
template <class T>
std::optional<std::string> show_any(const std::optional<T>& value) {
  return value ? std::optional(show(*value)) : std::nullopt;
}
std::optional<std::string> show_any(const std::vector<std::string>& items) {
  return fmt::format("{}", fmt::join(items, ","));
}

template <class T>
struct Inner {
  using type = T;
};
template <class T>
struct Inner<std::optional<T>> {
  using type = T;
};

}  // namespace

boost::system::result<void, Error> assign(const SettingTarget& target, const std::vector<std::string>& texts,
                                          const Allowed& allowed) {
  if (auto* const* list = std::get_if<std::vector<std::string>*>(&target)) return assign_list(**list, texts, allowed);
  return std::visit(
      [&](auto* variable) -> Done {
        if constexpr (std::is_same_v<decltype(variable), std::vector<std::string>*>)
          return {};
        else
          return assign_one(*variable, texts.back(), allowed);
      },
      target);
}

std::optional<std::string> shown(const SettingTarget& target) {
  return std::visit([](const auto* variable) { return show_any(*variable); }, target);
}

std::vector<std::string> shown_items(const SettingTarget& target) {
  if (auto* const* list = std::get_if<std::vector<std::string>*>(&target)) return **list;
  const auto text = shown(target);
  return text ? std::vector{*text} : std::vector<std::string>();
}

std::function<void()> restorer(const SettingTarget& target) {
  return std::visit(
      [](auto* variable) -> std::function<void()> { return [variable, value = *variable] { *variable = value; }; },
      target);
}

bool is_list(const SettingTarget& target) {
  return std::holds_alternative<std::vector<std::string>*>(target);
}
bool is_switch(const SettingTarget& target) {
  return std::holds_alternative<bool*>(target);
}

std::string type_name(const SettingTarget& target) {
  return std::visit(
      [](const auto* variable) -> std::string {
        using T = typename Inner<std::remove_cvref_t<decltype(*variable)>>::type;
        if constexpr (std::is_same_v<T, Duration>) return "DURATION";
        if constexpr (std::is_same_v<T, Size>) return "SIZE";
        if constexpr (std::is_same_v<T, Rate>) return "RATE";
        if constexpr (std::is_same_v<T, bool>) return "";
        if constexpr (std::is_arithmetic_v<T>) return "N";
        return "TEXT";
      },
      target);
}

}  // namespace wsf::base
