#include "protocol/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace wsf::protocol {
namespace {

bool continues(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
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
