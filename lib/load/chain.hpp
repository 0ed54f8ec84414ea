#pragma once
// The chain of positions that one subscription got: each update names the one before it, so a hole shows at once.
// 16 bytes, because a run has hundreds of thousands of them. Pure; one thread.

#include "base/position.hpp"

#include <cstdint>
#include <optional>

namespace wsf::load {

enum class Link : std::uint8_t {
  first,      // nothing to compare with yet
  joined,     // `prev` is what came before
  after_gap,  // it is not, but the server had said so
  broken,     // it is not, and nobody said anything
  repeated,   // at or before what came before
};

class Chain {
 public:
  Link follow(const base::Position& at, const std::optional<base::Position>& prev) {
    const Link link = judge(at, prev);
    if (link != Link::repeated) last_ = at;
    return link;
  }
  // The next update may follow anything: the server announced a gap, or started anew without a resume. Where the
  // subscription stands is kept.
  void announce_gap() {
    if (known()) last_.partition = -2 - last_.partition;
  }

  // Where to resume from; std::nullopt: nothing came yet, or not since an announced gap.
  std::optional<base::Position> last() const { return known() ? std::optional(last_) : std::nullopt; }

 private:
  bool known() const { return last_.partition >= 0; }
  Link judge(const base::Position& at, const std::optional<base::Position>& prev) const {
    if (last_.partition == kNothing) return Link::first;
    if (!known()) return Link::after_gap;
    if (same_log(at, last_) && at.offset <= last_.offset) return Link::repeated;
    return prev == last_ ? Link::joined : Link::broken;
  }

  static constexpr std::int32_t kNothing = -1;
  base::Position last_{kNothing, 0};  // below kNothing: a gap was announced after it
};
static_assert(sizeof(Chain) == 16);

}  // namespace wsf::load
