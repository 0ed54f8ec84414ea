#include "protocol/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>

namespace wsf::protocol {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::size_t ascii_prefix(const char* at, std::size_t size) {
  std::size_t done = 0;
  for (std::uint64_t word = 0; done + sizeof word <= size; done += sizeof word) {
    std::memcpy(&word, at + done, sizeof word);
    if ((word & kHighBits) != 0) break;
  }
  while (done < size && static_cast<unsigned char>(at[done]) < 0x80) ++done;
  return done;
}

bool continues(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

// Bytes of the character that begins at `at` with a byte above 0x7F, or 0 (RFC 3629 section 4).
std::size_t multibyte_length(const unsigned char* at, std::size_t size) {
  const unsigned char lead = at[0];
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || size < length) return 0;
  if (!std::all_of(at + 1, at + length, continues)) return 0;
  if (lead == 0xE0 && at[1] < 0xA0) return 0;  // overlong
  if (lead == 0xED && at[1] > 0x9F) return 0;  // surrogates
  if (lead == 0xF0 && at[1] < 0x90) return 0;  // overlong
  if (lead == 0xF4 && at[1] > 0x8F) return 0;  // above U+10FFFF
  return length;
}

// No JSON text holds these, inside of strings or between them (RFC 8259 sections 2 and 7).
bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
}

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '"' && c != '\\';
}

}  // namespace

bool valid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (true) {
    at += ascii_prefix(text.data() + at, text.size() - at);
    if (at == text.size()) return true;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data() + at);
    const std::size_t length = multibyte_length(bytes, text.size() - at);
    if (length == 0) return false;
    at += length;
  }
}

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
