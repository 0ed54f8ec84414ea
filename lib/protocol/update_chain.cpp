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
  beyond_gap_ = false;
  return step;
}

Step UpdateChain::judge(const ChainLink& link) const {
  if (expects_ == Expects::anything) return link.conflated > 0 ? Step::conflated : Step::first;
  if (link.snapshot && link.at == last_) return Step::known;
  const bool back = goes_back(link.at);
  if (!back && joins(link)) return forward(link);
  if (expects_ == Expects::unrecovered) return Step::gap;
  if (expects_ == Expects::unresumed) return Step::not_resumed;
  return back ? Step::backwards : Step::lost;
}

// The end of an announced gap has not been received: it may still come.
bool UpdateChain::goes_back(const Position& at) const {
  if (at.epoch != last_.epoch) return at.epoch < last_.epoch;
  return at.partition == last_.partition && at.offset < last_.offset + (beyond_gap_ ? 0 : 1);
}

// What follows an announced gap is its end, or stands for it and what came after, so its `prev` may lie anywhere up
// to there.
bool UpdateChain::joins(const ChainLink& link) const {
  if (link.prev == last_) return true;
  if (!link.prev) return beyond_gap_ || link.at.epoch > last_.epoch;
  if (!beyond_gap_) return false;
  return link.at == last_ || !same_log(link.at, last_) || !is_after(*link.prev, last_);
}

Step UpdateChain::forward(const ChainLink& link) const {
  if (link.conflated > 0) return Step::conflated;
  if (link.at.epoch != last_.epoch) return Step::new_epoch;
  return link.at.partition == last_.partition ? Step::in_order : Step::moved;
}

Step UpdateChain::gap(const Position& from, const std::optional<Position>& to) {
  const bool promised = expects_ == Expects::next;
  const bool overtaken = promised && to && !is_after(*to, last_) && same_log(*to, last_) && !is_after(from, *to);
  if (overtaken) return Step::gap;  // by an update that took the place of one before the announcement
  const Step step = promised && is_after(from, last_) ? Step::lost : Step::gap;
  expects_ = to ? Expects::next : Expects::anything;
  beyond_gap_ = to.has_value();
  if (to) last_ = *to;
  return step;
}

void UpdateChain::recovered(bool all) {
  if (expects_ == Expects::anything) return;
  expects_ = all ? Expects::next : Expects::unrecovered;
}

void UpdateChain::reconnected() {
  if (expects_ != Expects::anything) expects_ = Expects::unresumed;
}

std::optional<Position> UpdateChain::last() const {
  if (expects_ == Expects::anything || beyond_gap_) return std::nullopt;
  return last_;
}

std::optional<Position> UpdateChain::resume_from() const {
  if (!beyond_gap_) return last();
  if (last_.offset == 0) return std::nullopt;
  return Position{last_.partition, last_.offset - 1, last_.epoch};
}

}  // namespace wsf::protocol
