#pragma once
// UTF-8 (RFC 3629) checked piece by piece: no overlong forms, no surrogates, nothing above U+10FFFF.

#include <cstdint>
#include <string_view>

namespace wsf::base {

// Three bytes of state, so that a text may be cut anywhere. Owner: whoever reads the text; one thread. Cost: runs of
// ASCII eight bytes at a time, the rest byte by byte; no memory.
class Utf8Validator {
 public:
  // false: no continuation could make the text valid. The validator is of no use after that until reset().
  bool feed(std::string_view bytes);
  // The text so far ends between two code points.
  bool complete() const { return missing_ == 0; }
  void reset() { *this = Utf8Validator(); }

 private:
  bool start(std::uint8_t lead);

  std::uint8_t missing_ = 0;  // continuation bytes still to come
  std::uint8_t low_ = 0x80;   // what the next of them may be; narrower than 80..BF after E0, ED, F0 and F4
  std::uint8_t high_ = 0xBF;
};

bool is_valid_utf8(std::string_view text);

}  // namespace wsf::base
