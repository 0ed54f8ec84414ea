#include "base/utf8.hpp"

#include <cstddef>
#include <cstring>

namespace wsf::base {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;

// Where the run of ASCII that starts at `at` ends, to within the eight bytes that break it.
std::size_t skip_ascii_words(std::string_view bytes, std::size_t at) {
  while (bytes.size() - at >= sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if ((word & kHighBits) != 0) break;
    at += sizeof word;
  }
  return at;
}

}  // namespace

bool Utf8Validator::start(std::uint8_t lead) {
  if (lead < 0x80) return true;
  if (lead < 0xC2 || lead > 0xF4) return false;  // a continuation, an overlong form, or above U+10FFFF
  missing_ = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  low_ = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  high_ = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return true;
}

bool Utf8Validator::feed(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto byte = static_cast<std::uint8_t>(bytes[at]);
    if (missing_ == 0) {
      if (byte < 0x80) {
        at = skip_ascii_words(bytes, at + 1) - 1;
      } else if (!start(byte)) {
        return false;
      }
      continue;
    }
    if (byte < low_ || byte > high_) return false;
    low_ = 0x80;
    high_ = 0xBF;
    --missing_;
  }
  return true;
}

bool is_valid_utf8(std::string_view text) {
  Utf8Validator validator;
  return validator.feed(text) && validator.complete();
}

}  // namespace wsf::base
