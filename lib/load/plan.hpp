#pragma once
// Who subscribes to what: connection c takes `per_connection` pairs in a row, the next connection goes on where it
// ended. So each pair has the same number of subscribers as soon as connections * per_connection is a multiple of the
// number of pairs, and differs by one otherwise. That is pure arithmetic; only another choice needs a table.

#include "base/check.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
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

struct Plan {
  std::uint32_t connections = 0;
  std::uint32_t pairs = 1;
  std::uint32_t per_connection = 1;  // at most `pairs`
  std::uint32_t slow = 0;            // so many connections, spread evenly, do not read; below `connections`
  // Where the choice is not by turns: the pairs of each connection, per_connection of them in a row.
  std::vector<std::uint16_t> chosen = {};

  std::uint32_t pair_of(std::uint32_t connection, std::uint32_t slot) const {
    const std::uint64_t at = std::uint64_t{connection} * per_connection + slot;
    return chosen.empty() ? static_cast<std::uint32_t>(at % pairs) : chosen[at];
  }
  // The inverse of pair_of; std::nullopt: this connection did not subscribe to the pair.
  std::optional<std::uint32_t> slot_of(std::uint32_t connection, std::uint32_t pair) const {
    if (!chosen.empty()) return search(connection, pair);
    const std::uint32_t slot = (pair + pairs - pair_of(connection, 0)) % pairs;
    if (slot >= per_connection) return std::nullopt;
    return slot;
  }
  // Never number 0: it has to prove first that the server serves.
  bool is_slow(std::uint32_t connection) const {
    const std::uint64_t before = std::uint64_t{connection} * slow / connections;
    return (std::uint64_t{connection} + 1) * slow / connections != before;
  }
  // Of the connections that read.
  std::vector<std::uint64_t> subscribers_of_each_pair() const;

 private:
  std::optional<std::uint32_t> search(std::uint32_t connection, std::uint32_t pair) const {
    const auto begin = chosen.begin() + static_cast<std::ptrdiff_t>(std::uint64_t{connection} * per_connection);
    const auto end = begin + static_cast<std::ptrdiff_t>(per_connection);
    const auto found = std::find(begin, end, pair);
    if (found == end) return std::nullopt;
    return static_cast<std::uint32_t>(found - begin);
  }
};

// Some pairs are more wanted than others: the chance of the pair with index i is proportional to 1 / (i + 1), and a
// connection takes none twice. The same seed gives the same choice. 2 bytes a subscription.
std::vector<std::uint16_t> choose_by_zipf(const Plan& plan, std::uint64_t seed);

}  // namespace wsf::load
