#pragma once
// How each relayed event joins what came of its pair before: several relays may tell the same, and what was told
// while nobody listened is missing. One thread at a time.

#include "base/position.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace wsf::fanout {

class RelayedChains {
 public:
  static constexpr std::size_t kMaxPairs = 65'536;  // further ones are taken as they come

  enum class Join : std::uint8_t {
    known,       // it, or a later one of its partition, has come before
    first,       // nothing of the pair has come before
    in_order,    // it follows what came last
    after_hole,  // others that came before it are missing
  };

  // An event at `at`, which follows the pair's event at `prev`.
  Join event(std::string_view pair, const base::Position& at, const std::optional<base::Position>& prev) {
    Pair* const known = find(pair);
    if (known == nullptr) return Join::first;
    if (!advance(*known, at)) return Join::known;
    const auto last = std::exchange(known->last, at);
    if (!last) return Join::first;
    return prev == last ? Join::in_order : Join::after_hole;
  }

  // The pair has no value since `at`; that is no link of the chain. False: known.
  bool removal(std::string_view pair, const base::Position& at) {
    Pair* const known = find(pair);
    return known == nullptr || advance(*known, at);
  }

  std::size_t size() const { return pairs_.size(); }

 private:
  struct Pair {
    std::optional<base::Position> last;
    std::vector<base::Position> newest;  // of each partition that it was in
  };

  Pair* find(std::string_view pair) {
    std::string name(pair);
    const auto found = pairs_.find(name);
    if (found != pairs_.end()) return &found->second;
    if (pairs_.size() >= kMaxPairs) return nullptr;
    return &pairs_.emplace(std::move(name), Pair{}).first->second;
  }

  static bool advance(Pair& pair, const base::Position& at) {
    const auto newest = std::ranges::find(pair.newest, at.partition, &base::Position::partition);
    if (newest == pair.newest.end()) {
      pair.newest.push_back(at);
    } else if (std::pair(at.epoch, at.offset) > std::pair(newest->epoch, newest->offset)) {
      *newest = at;
    } else {
      return false;
    }
    return true;
  }

  std::unordered_map<std::string, Pair> pairs_;
};

}  // namespace wsf::fanout
