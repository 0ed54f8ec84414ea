#pragma once
// What one connection has seen of one pair: told apart in 16 bytes are the next number, a hole, a late one that fills
// a hole, and a number seen before.

#include <cstdint>

namespace wsf::load {

enum class Seen { in_order, after_hole, late, duplicate };

class Sequence {
 public:
  // A late number is known as such while it is less than 64 behind the newest; older ones count as duplicates, so
  // that nothing is ever counted as received twice.
  Seen see(std::uint32_t seq) {
    if (!any_) return begin(seq);
    if (seq > newest_) return advance(seq);
    const std::uint32_t back = newest_ - seq;
    if (back >= kRemembered || (seen_ >> back & 1) != 0) return Seen::duplicate;
    seen_ |= std::uint64_t{1} << back;
    return Seen::late;
  }
  // How many numbers see(seq) would skip.
  std::uint32_t missing_before(std::uint32_t seq) const { return any_ && seq > newest_ ? seq - newest_ - 1 : 0; }

 private:
  static constexpr std::uint32_t kRemembered = 64;

  Seen begin(std::uint32_t seq) {
    any_ = true;
    newest_ = seq;
    seen_ = 1;
    return Seen::in_order;
  }
  Seen advance(std::uint32_t seq) {
    const std::uint32_t step = seq - newest_;
    seen_ = step >= kRemembered ? 1 : (seen_ << step) | 1;
    newest_ = seq;
    return step == 1 ? Seen::in_order : Seen::after_hole;
  }

  std::uint64_t seen_ = 0;  // bit n: newest_ - n was seen
  std::uint32_t newest_ = 0;
  bool any_ = false;
};

}  // namespace wsf::load
