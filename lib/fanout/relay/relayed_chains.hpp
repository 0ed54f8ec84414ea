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
  static constexpr std::size_t kMaxPairs = 65'536;    // further ones are taken as they come
  static constexpr std::size_t kMaxPartitions = 256;  // of one pair, and of all: older ones are forgotten

  enum class Join : std::uint8_t {
    known,       // it, or a later one of its partition, has come before
    first,       // nothing of the pair has come before
    in_order,    // it follows what came last
    after_hole,  // others that came before it are missing
  };
  struct Joined {
    Join join;
    std::optional<base::Position> last;  // of the pair, before it
  };

  // An event at `at`, which follows the pair's event at `prev`.
  Joined event(std::string_view pair, const base::Position& at, const std::optional<base::Position>& prev) {
    Pair* const known = find(pair);
    if (known == nullptr) return {Join::first, std::nullopt};
    if (!advance(known->newest, at)) return {Join::known, std::nullopt};
    advance(newest_, at);
    const auto last = std::exchange(known->last, at);
    if (!last) return {Join::first, std::nullopt};
    return {prev == last ? Join::in_order : Join::after_hole, last};
  }

  // The pair has no value since `at`; that is no link of the chain. False: known.
  bool removal(std::string_view pair, const base::Position& at) {
    Pair* const known = find(pair);
    return known == nullptr || advance(known->newest, at);
  }

  // The log's records before `next`, in its partition, are gone: what comes follows the last of them. False: known,
  // or later ones have come.
  bool loss(const base::Position& next) {
    const base::Position gone = before(next);
    if (!advance(newest_, gone)) return false;
    for (auto& [name, pair] : pairs_) {
      if (pair.last && same_log(*pair.last, gone) && pair.last->offset < gone.offset) pair.last = gone;
    }
    return true;
  }

  // What a relay calls the predecessor of the first event after a loss.
  static base::Position before(const base::Position& next) { return {next.partition, next.offset - 1, next.epoch}; }

  std::size_t size() const { return pairs_.size(); }

 private:
  using Newest = std::vector<base::Position>;  // of each partition
  struct Pair {
    std::optional<base::Position> last;
    Newest newest;
  };

  Pair* find(std::string_view pair) {
    std::string name(pair);
    const auto found = pairs_.find(name);
    if (found != pairs_.end()) return &found->second;
    if (pairs_.size() >= kMaxPairs) return nullptr;
    return &pairs_.emplace(std::move(name), Pair{}).first->second;
  }

  // False: not beyond what is known of the partition.
  static bool advance(Newest& partitions, const base::Position& at) {
    const auto newest = std::ranges::find(partitions, at.partition, &base::Position::partition);
    if (newest == partitions.end()) {
      if (partitions.size() >= kMaxPartitions) partitions.erase(partitions.begin());
      partitions.push_back(at);
    } else if (is_later(at, *newest)) {
      *newest = at;
    } else {
      return false;
    }
    return true;
  }

  std::unordered_map<std::string, Pair> pairs_;
  Newest newest_;  // events
};

}  // namespace wsf::fanout
