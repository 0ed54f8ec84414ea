#pragma once
// Names that people give to users, assessments and securities, before they become keys.

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace wsf::base {

inline constexpr std::size_t kMaxIdBytes = 128;

// ^[A-Za-z0-9_.:\-]{1,128}$
constexpr bool is_id(std::string_view word) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == ':' || c == '-';
  };
  return !word.empty() && word.size() <= kMaxIdBytes && std::ranges::all_of(word, allowed);
}

inline constexpr std::size_t kMaxSymbolBytes = 15;

// ^[A-Z0-9.\-]{1,15}$
constexpr bool is_symbol(std::string_view word) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  return !word.empty() && word.size() <= kMaxSymbolBytes && std::ranges::all_of(word, allowed);
}

}  // namespace wsf::base
