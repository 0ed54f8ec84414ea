#include "trace/header_list.hpp"

#include "base/trimmed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>

namespace wsf::trace {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned char byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (ec != std::errc() || digits.size() != 2 || end != digits.data() + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

std::optional<Header> parse_header(std::string_view item) {
  const std::size_t equals = item.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = base::trimmed(item.substr(0, equals));
  const auto value = decoded(base::trimmed(item.substr(equals + 1)));
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (!is_token(name) || !value || std::ranges::any_of(*value, is_control)) return std::nullopt;
  return Header{std::string(name), *value};
}

}  // namespace

base::Result<std::vector<Header>> parse_headers(const std::vector<std::string>& items) {
  std::vector<Header> headers;
  for (const std::string& item : items) {
    const auto header = parse_header(item);
    if (!header) return base::Error{fmt::format("item {} is no NAME=VALUE of a header", headers.size() + 1)};
    headers.push_back(*header);
  }
  return headers;
}

}  // namespace wsf::trace
