#include "protocol/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace wsf::protocol {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool continues(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

// No JSON text holds these, inside of strings or between them (RFC 8259 sections 2 and 7).
bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
}

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '"' && c != '\\';
}

}  // namespace

std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && continues(static_cast<unsigned char>(text[end]))) --end;
  return text.substr(0, end);
}

Scan scan_json(std::string_view text, std::size_t max_depth) {
  if (text.starts_with(kByteOrderMark)) return Scan::impossible;
  std::size_t depth = 0;
  bool in_string = false;
  bool escaped = false;
  bool impossible = false;
  for (const char c : text) {
    if (is_control(c)) impossible = true;
    if (in_string) {
      if (c == '"' && !escaped) in_string = false;
      escaped = c == '\\' && !escaped;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max_depth) return Scan::too_deep;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return impossible ? Scan::impossible : Scan::parsable;
}

void append_quoted(std::string& out, std::string_view word) {
  if (!std::ranges::all_of(word, is_plain)) {
    using nlohmann::json;
    out += json(word).dump(-1, ' ', false, json::error_handler_t::replace);
    return;
  }
  out += '"';
  out += word;
  out += '"';
}

}  // namespace wsf::protocol
