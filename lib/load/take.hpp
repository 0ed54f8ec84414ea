#pragma once
// Taking a text apart from its front, for what is found by its bytes in a documented order. Pure functions.

#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>

namespace wsf::load {

// Removes `expected` if it stands next.
inline bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

// Removes `name` and the number behind it; false: one of them does not stand there.
template <class T>
bool take_number(std::string_view& text, std::string_view name, T& out) {
  if (!take(text, name)) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace wsf::load
