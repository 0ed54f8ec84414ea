#pragma once
// The chains of all subscriptions of one thread, and the account of their holes.
//
// The server's word is not all: `missing` is what the publisher's own numbering says was skipped, and a link that
// joins but accounts for less than that is a break as well.

#include "load/plan.hpp"
#include "load/update_meta.hpp"
#include "protocol/update_chain.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

struct ChainCounts {
  std::uint64_t links = 0;       // updates that were compared with the one before
  std::uint64_t conflated = 0;   // superseded on a slow line, as the server said
  std::uint64_t gaps = 0;        // announced
  std::uint64_t resumed = 0;     // subscriptions that came back with a position
  std::uint64_t begun_anew = 0;  // updates that came first on a new connection, and nobody had asked for those before
  std::uint64_t without_meta = 0;  // updates that name no position: nothing is proved by them
  std::uint64_t breaks = 0;        // what nothing accounts for, and what came twice
  std::string first_break;

  void add(const ChainCounts& other);
};

// A subscription of this thread: its place in the ledger, and what to call it.
struct Subscription {
  std::uint32_t connection = 0;
  std::uint32_t pair = 0;
  std::size_t index = 0;  // local connection * plan.per_connection + slot
};

class ChainLedger {
 public:
  // 24 bytes a subscription.
  ChainLedger(const PairNumbers& names, std::size_t subscriptions) : names_(names), chains_(subscriptions) {}

  // False: the update is a snapshot of what was had before, and counts as no delivery.
  bool follow(const Subscription& subscription, const std::optional<UpdateMeta>& meta, std::uint32_t missing);
  void announce_gap(const Subscription& subscription, const GapNotice& gap);
  // A new connection asks for the subscription again, from the returned position if there is one.
  std::optional<base::Position> come_back(const Subscription& subscription);
  // The server's answer to that; std::nullopt: it says nothing of it.
  void answered(const Subscription& subscription, std::optional<bool> recovered);

  const ChainCounts& counts() const { return counts_; }

 private:
  void count(const Subscription& subscription, protocol::Step step, const UpdateMeta& meta, std::uint32_t missing);
  void note_break(const Subscription& subscription, std::string_view what);

  const PairNumbers& names_;
  std::vector<protocol::UpdateChain> chains_;
  ChainCounts counts_;
};

}  // namespace wsf::load
