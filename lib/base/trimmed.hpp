#pragma once

#include <string_view>

namespace wsf::base {

// Without the blanks around it.
inline std::string_view trimmed(std::string_view text, std::string_view blanks = " \t") {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

inline constexpr std::string_view kBlanksAndLineEnds = " \t\r\n";

}  // namespace wsf::base
