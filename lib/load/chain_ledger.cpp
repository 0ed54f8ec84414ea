#include "load/chain_ledger.hpp"

#include "protocol/fx_rates.hpp"

#include <fmt/format.h>

namespace wsf::load {
namespace {

std::string text_of(const std::optional<base::Position>& position) {
  return position ? protocol::to_text(*position) : "none";
}

}  // namespace

void ChainCounts::add(const ChainCounts& other) {
  links += other.links;
  conflated += other.conflated;
  gaps += other.gaps;
  resumed += other.resumed;
  begun_anew += other.begun_anew;
  without_meta += other.without_meta;
  breaks += other.breaks;
  if (first_break.empty()) first_break = other.first_break;
}

bool ChainLedger::follow(const Subscription& subscription, const std::optional<UpdateMeta>& meta,
                         std::uint32_t missing) {
  if (!meta) {
    counts_.without_meta++;
    return true;
  }
  Chain& chain = chains_[subscription.index];
  const auto before = chain.last();
  switch (chain.follow(meta->at, meta->prev)) {
    case Link::first:
      return true;
    case Link::after_gap:
      counts_.links++;
      return true;
    case Link::joined:
      on_joined(subscription, *meta, missing);
      return true;
    case Link::broken:
      note_break(subscription, fmt::format("{} says that {} was before it, but that was {}", text_of(meta->at),
                                           text_of(meta->prev), text_of(before)));
      return true;
    case Link::repeated:
      if (meta->snapshot) return false;
      note_break(subscription, fmt::format("{} came after {}", text_of(meta->at), text_of(before)));
      return true;
  }
  return true;
}

void ChainLedger::on_joined(const Subscription& subscription, const UpdateMeta& meta, std::uint32_t missing) {
  counts_.links++;
  counts_.conflated += meta.conflated;
  if (missing <= meta.conflated) return;
  note_break(subscription, fmt::format("{} events are missing before {}, of which the server tells {}", missing,
                                       text_of(meta.at), meta.conflated));
}

void ChainLedger::note_break(const Subscription& subscription, std::string_view what) {
  counts_.breaks++;
  if (!counts_.first_break.empty()) return;
  counts_.first_break =
      fmt::format("connection {}, {}: {}", subscription.connection, names_.name(subscription.pair), what);
}

void ChainLedger::announce_gap(const Subscription& subscription) {
  counts_.gaps++;
  chains_[subscription.index].announce_gap();
}

void ChainLedger::begin_anew(const Subscription& subscription) {
  Chain& chain = chains_[subscription.index];
  if (chain.last()) counts_.begun_anew++;
  chain.announce_gap();
}

std::optional<base::Position> ChainLedger::resume_point(const Subscription& subscription) {
  const auto out = chains_[subscription.index].last();
  if (out) counts_.resumed++;
  return out;
}

}  // namespace wsf::load
