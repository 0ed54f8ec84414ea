#pragma once
// The chains of all subscriptions of one thread, and the account of their holes.
//
// The server's word is not all: `missing` is what the publisher's own numbering says was skipped, and a link that
// joins but accounts for less than that is a break as well.

#include "load/ledger.hpp"
#include "load/pair_numbers.hpp"
#include "load/update_meta.hpp"
#include "protocol/update_chain.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace wsf::load {

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
