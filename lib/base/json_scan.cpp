#include "base/json_scan.hpp"

namespace wsf::base {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// No JSON text holds these, inside of strings or between them (RFC 8259 sections 2 and 7).
bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
}

}  // namespace

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

}  // namespace wsf::base
