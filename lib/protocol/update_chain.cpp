#include "protocol/update_chain.hpp"

namespace wsf::protocol {

using base::Position;

namespace {

struct StepText {
  std::string_view name;
  std::string_view describe;
};

constexpr std::array<StepText, kStepCount> kTexts{{
    {"first", "the first of its pair"},
    {"in_order", "in order"},
    {"known", "a snapshot of what is known"},
    {"moved", "in order, from another partition"},
    {"new_epoch", "the first of a log that was made anew"},
    {"conflated", "superseded before they were sent, and counted"},
    {"gap", "announced by the server as a gap"},
    {"not_resumed", "missed while not connected, and not asked for"},
    {"lost", "lost: prev is not the last offset received"},
    {"backwards", "repeated or backwards"},
}};

bool is_after(const Position& a, const Position& b) {
  return same_log(a, b) && a.offset > b.offset;
}

}  // namespace

std::string_view name(Step step) {
  return kTexts[static_cast<std::size_t>(step)].name;
}

std::string_view describe(Step step) {
  return kTexts[static_cast<std::size_t>(step)].describe;
}

Step UpdateChain::update(const ChainLink& link) {
  const Step step = judge(link);
  if (step == Step::backwards) return step;
  last_ = link.at;
  expects_ = Expects::next;
  return step;
}

Step UpdateChain::judge(const ChainLink& link) const {
  if (expects_ == Expects::anything) return link.conflated > 0 ? Step::conflated : Step::first;
  if (link.snapshot && link.at == last_) return Step::known;
  if (expects_ == Expects::beyond_gap && joins_gap(link)) return forward(link);
  const bool back = goes_back(link.at);
  if (!back && link.prev == last_) return forward(link);
  if (expects_ == Expects::unrecovered) return Step::gap;
  if (expects_ == Expects::unresumed) return Step::not_resumed;
  if (back) return Step::backwards;
  if (!link.prev && link.at.epoch > last_.epoch) return forward(link);
  return Step::lost;
}

bool UpdateChain::goes_back(const Position& at) const {
  return at.epoch < last_.epoch || (same_log(at, last_) && at.offset <= last_.offset);
}

// `last_` is where the announced gap ends: this update is that one, or follows it, or stands for it and what came
// after.
bool UpdateChain::joins_gap(const ChainLink& link) const {
  if (!same_log(link.at, last_)) return !goes_back(link.at);
  if (link.at.offset < last_.offset) return false;
  return link.at == last_ || !link.prev || !is_after(*link.prev, last_);
}

Step UpdateChain::forward(const ChainLink& link) const {
  if (link.conflated > 0) return Step::conflated;
  if (link.at.epoch != last_.epoch) return Step::new_epoch;
  return link.at.partition == last_.partition ? Step::in_order : Step::moved;
}

Step UpdateChain::gap(const Position& from, const std::optional<Position>& to) {
  const bool promised = expects_ == Expects::next || expects_ == Expects::beyond_gap;
  // An update that took the place of one before the announcement has overtaken it.
  if (promised && to && same_log(*to, last_) && to->offset <= last_.offset) return Step::gap;
  const Step step = promised && is_after(from, last_) ? Step::lost : Step::gap;
  expects_ = to ? Expects::beyond_gap : Expects::anything;
  if (to) last_ = *to;
  return step;
}

void UpdateChain::recovered(bool all) {
  if (expects_ == Expects::anything) return;
  expects_ = all ? Expects::next : Expects::unrecovered;
}

// After a gap whose end was not received there is nothing to go on from.
void UpdateChain::reconnected() {
  if (!last()) expects_ = Expects::anything;
  if (expects_ != Expects::anything) expects_ = Expects::unresumed;
}

std::optional<Position> UpdateChain::last() const {
  if (expects_ == Expects::anything || expects_ == Expects::beyond_gap) return std::nullopt;
  return last_;
}

}  // namespace wsf::protocol
