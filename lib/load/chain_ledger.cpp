#include "load/chain_ledger.hpp"

#include "protocol/fx_rates.hpp"

#include <fmt/format.h>

namespace wsf::load {
namespace {

using protocol::Step;

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
  protocol::UpdateChain& chain = chains_[subscription.index];
  const auto before = chain.last();
  const Step step = chain.update(meta->link);
  if (step == Step::known) return false;
  count(subscription, step, *meta, before ? missing : 0);  // after a gap the announcement speaks for them
  if (!protocol::is_accounted_for(step)) {
    note_break(subscription, fmt::format("{} (after {}) came after {}: {}", text_of(meta->link.at),
                                         text_of(meta->link.prev), text_of(before), protocol::describe(step)));
  }
  return true;
}

void ChainLedger::count(const Subscription& subscription, Step step, const UpdateMeta& meta, std::uint32_t missing) {
  if (step == Step::first) return;
  counts_.links++;
  if (step == Step::not_resumed) counts_.begun_anew++;
  if (step == Step::not_resumed || step == Step::gap || !protocol::is_accounted_for(step)) return;
  counts_.conflated += meta.link.conflated;
  if (missing <= meta.link.conflated) return;
  note_break(subscription, fmt::format("{} events are missing before {}, of which the server tells {}", missing,
                                       text_of(meta.link.at), meta.link.conflated));
}

void ChainLedger::note_break(const Subscription& subscription, std::string_view what) {
  counts_.breaks++;
  if (!counts_.first_break.empty()) return;
  counts_.first_break =
      fmt::format("connection {}, {}: {}", subscription.connection, names_.name(subscription.key), what);
}

void ChainLedger::announce_gap(const Subscription& subscription, const GapNotice& gap) {
  counts_.gaps++;
  if (chains_[subscription.index].gap(gap.from, gap.to) != Step::lost) return;
  note_break(subscription, fmt::format("a gap was announced only from {} on", text_of(gap.from)));
}

std::optional<base::Position> ChainLedger::come_back(const Subscription& subscription) {
  protocol::UpdateChain& chain = chains_[subscription.index];
  chain.reconnected();
  const auto out = chain.resume_from();
  if (out) counts_.resumed++;
  return out;
}

void ChainLedger::answered(const Subscription& subscription, std::optional<bool> recovered) {
  if (recovered) chains_[subscription.index].recovered(*recovered);
}

}  // namespace wsf::load
