#pragma once
// The numbers of currency pairs, for those who look one up for each delivery.

#include "base/check.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::load {

// Pair names to their numbers 0, 1, 2... in a table of 4 to 8 slots a name: with the usual hundred names it fits the
// first-level cache.
class PairNumbers {
 public:
  explicit PairNumbers(std::vector<std::string> names)
      : names_(std::move(names)), slots_(std::bit_ceil(4 * std::max<std::size_t>(1, names_.size()))) {
    base::check(names_.size() <= kMost, "more pairs than the table of pair numbers holds");
    for (std::size_t i = 0; i < names_.size(); i++) {
      base::check(names_[i].size() == 6, "a pair has 6 letters");
      std::size_t at = place(pack(names_[i]));
      while (slots_[at].key != 0) at = next(at);
      slots_[at] = {pack(names_[i]), static_cast<std::uint32_t>(i)};
    }
  }

  std::optional<std::uint32_t> number(std::string_view name) const {
    if (name.size() != 6) return std::nullopt;
    const std::uint64_t key = pack(name);
    for (std::size_t at = place(key); slots_[at].key != 0; at = next(at)) {
      if (slots_[at].key == key) return slots_[at].number;
    }
    return std::nullopt;
  }
  const std::string& name(std::uint32_t number) const { return names_[number]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

  static constexpr std::size_t kMost = 10'000;

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t number = 0;
  };

  static std::uint64_t pack(std::string_view name) {
    std::uint64_t key = 0;
    std::memcpy(&key, name.data(), 6);
    return key;
  }
  // The number of slots is a power of two.
  std::size_t place(std::uint64_t key) const {
    return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15ULL) >> 40) & (slots_.size() - 1);
  }
  std::size_t next(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }

  std::vector<std::string> names_;
  std::vector<Slot> slots_;
};

}  // namespace wsf::load
