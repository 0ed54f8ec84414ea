#pragma once
// Who subscribes to what: connection c takes `per_connection` pairs in a row, the next connection goes on where it
// ended. So each pair has the same number of subscribers as soon as connections * per_connection is a multiple of the
// number of pairs, and differs by one otherwise. Pure arithmetic: no table for each connection.

#include "base/check.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

// Pair names to their numbers 0, 1, 2... in a table small enough for the first-level cache.
class PairNumbers {
 public:
  explicit PairNumbers(std::vector<std::string> names) : names_(std::move(names)) {
    base::check(names_.size() <= kMost, "more pairs than the table of pair numbers holds");
    for (std::size_t i = 0; i < names_.size(); i++) {
      base::check(names_[i].size() == 6, "a pair has 6 letters");
      std::size_t at = place(pack(names_[i]));
      while (slots_[at].key != 0) at = (at + 1) % kSlots;
      slots_[at] = {pack(names_[i]), static_cast<std::uint32_t>(i)};
    }
  }

  std::optional<std::uint32_t> number(std::string_view name) const {
    if (name.size() != 6) return std::nullopt;
    const std::uint64_t key = pack(name);
    for (std::size_t at = place(key); slots_[at].key != 0; at = (at + 1) % kSlots) {
      if (slots_[at].key == key) return slots_[at].number;
    }
    return std::nullopt;
  }
  const std::string& name(std::uint32_t number) const { return names_[number]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

  static constexpr std::size_t kMost = 1024;

 private:
  static constexpr std::size_t kSlots = 4 * kMost;
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t number = 0;
  };

  static std::uint64_t pack(std::string_view name) {
    std::uint64_t key = 0;
    std::memcpy(&key, name.data(), 6);
    return key;
  }
  static std::size_t place(std::uint64_t key) {
    return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15ULL) >> 40) % kSlots;
  }

  std::vector<std::string> names_;
  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);
};

struct Plan {
  std::uint32_t connections = 0;
  std::uint32_t pairs = 1;
  std::uint32_t per_connection = 1;  // at most `pairs`

  std::uint32_t pair_of(std::uint32_t connection, std::uint32_t slot) const {
    return static_cast<std::uint32_t>((std::uint64_t{connection} * per_connection + slot) % pairs);
  }
  // The inverse of pair_of; std::nullopt: this connection did not subscribe to the pair.
  std::optional<std::uint32_t> slot_of(std::uint32_t connection, std::uint32_t pair) const {
    const std::uint32_t slot = (pair + pairs - pair_of(connection, 0)) % pairs;
    if (slot >= per_connection) return std::nullopt;
    return slot;
  }
  std::vector<std::uint64_t> subscribers_of_each_pair() const {
    std::vector<std::uint64_t> out(pairs);
    const std::uint64_t all = std::uint64_t{connections} * per_connection;
    for (std::uint32_t pair = 0; pair < pairs; pair++) out[pair] = all / pairs + (pair < all % pairs ? 1 : 0);
    return out;
  }
};

}  // namespace wsf::load
