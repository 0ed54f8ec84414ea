#include "trace/traceparent.hpp"

#include <algorithm>

namespace wsf::trace {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::uint8_t kSampled = 1;
constexpr std::uint8_t kForbiddenVersion = 0xff;
constexpr std::size_t kLength = 55;  // of version 00: 2-32-16-2

// Two lower-case digits for each byte. False: others.
bool read(std::string_view text, std::span<std::uint8_t> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t high = kDigits.find(text[2 * i]), low = kDigits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

bool is_any(std::span<const std::uint8_t> id) {
  return std::ranges::any_of(id, [](std::uint8_t byte) { return byte != 0; });
}

}  // namespace

std::optional<Context> parse_traceparent(std::string_view text) {
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  Context context;
  std::uint8_t version = 0, flags = 0;
  if (!read(text, {&version, 1}) || !read(text.substr(3), context.trace) || !read(text.substr(36), context.span) ||
      !read(text.substr(53), {&flags, 1})) {
    return std::nullopt;
  }
  const bool longer = text.size() > kLength;
  if (version == kForbiddenVersion || (longer && (version == 0 || text[kLength] != '-'))) return std::nullopt;
  if (!is_any(context.trace) || !is_any(context.span)) return std::nullopt;
  context.sampled = (flags & kSampled) != 0;
  return context;
}

std::string to_text(const Context& context) {
  return "00-" + hex(context.trace) + "-" + hex(context.span) + (context.sampled ? "-01" : "-00");
}

std::string hex(std::span<const std::uint8_t> id) {
  std::string text;
  text.reserve(2 * id.size());
  for (const std::uint8_t byte : id) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

}  // namespace wsf::trace
