#include "wsclient/stream_check.hpp"

#include <fmt/format.h>

namespace wsf::wsclient {

using protocol::Step;

namespace {

bool is_worth_telling(Step step) {
  return step > Step::known;
}

std::string text_of(const std::optional<base::Position>& position, std::string_view without) {
  return position ? protocol::to_text(*position) : std::string(without);
}

std::string quoted(const std::optional<base::Position>& position) {
  return position ? fmt::format("\"{}\"", protocol::to_text(*position)) : "null";
}

}  // namespace

std::optional<Finding> StreamCheck::take(const ServerMessage& message) {
  if (message.update) return on_update(*message.update);
  if (message.gap) return on_gap(message.pair, *message.gap);
  on_answer(message);
  return std::nullopt;
}

void StreamCheck::on_answer(const ServerMessage& answer) {
  if (answer.type == "connected") {
    ++connections_;
    return reconnected();
  }
  for (const auto& [pair, all] : answer.recovered)
    if (auto* chain = chain_of(pair)) chain->recovered(all);
  if (answer.type != "unsubscribed") return;
  for (const auto& pair : answer.pairs)
    if (auto* chain = chain_of(pair)) chain->reconnected();
}

void StreamCheck::reconnected() {
  for (auto& [pair, chain] : chains_) chain.reconnected();
}

std::optional<Finding> StreamCheck::on_update(const RateUpdate& update) {
  auto* chain = update.meta ? chain_of(update.pair) : nullptr;
  if (!chain) return ++unplaced_, std::nullopt;
  ++checked_;
  conflated_ += update.meta->conflated;
  Finding finding{update.pair, {}, chain->last(), update.meta->offset, update.meta->prev, update.meta->conflated};
  finding.step = chain->update({update.meta->offset, update.meta->prev, update.meta->conflated, update.snapshot});
  return count(std::move(finding));
}

std::optional<Finding> StreamCheck::on_gap(const std::string& pair, const Gap& gap) {
  auto* chain = chain_of(pair);
  if (!chain) return std::nullopt;
  Finding finding{pair, {}, chain->last().value_or(gap.from), gap.to, std::nullopt, 0};
  finding.step = chain->gap(gap.from, gap.to);
  return count(std::move(finding));
}

std::optional<Finding> StreamCheck::count(Finding finding) {
  steps_.add(finding.step);
  if (!is_worth_telling(finding.step)) return std::nullopt;
  return finding;
}

protocol::UpdateChain* StreamCheck::chain_of(const std::string& pair) {
  const auto known = chains_.find(pair);
  if (known != chains_.end()) return &known->second;
  return chains_.size() < kMaxPairs && protocol::is_pair(pair) ? &chains_[pair] : nullptr;
}

std::vector<protocol::ResumePoint> StreamCheck::positions(const std::vector<std::string>& pairs) const {
  std::vector<protocol::ResumePoint> points;
  for (const auto& pair : pairs) {
    const auto known = chains_.find(pair);
    const auto last = known == chains_.end() ? std::nullopt : known->second.resume_from();
    if (last) points.push_back({pair, *last});
  }
  return points;
}

std::uint64_t StreamCheck::gaps() const {
  return steps_.holes() - steps_.of(Step::conflated);
}

std::string in_words(const Finding& f) {
  const auto after = text_of(f.after, "the beginning");
  const auto at = text_of(f.at, "now");
  switch (f.step) {
    case Step::conflated:
      return fmt::format("{}: conflated: {} before {} superseded before they were sent", f.pair, f.conflated, at);
    case Step::gap:
      return fmt::format("{}: gap: the server does not know what came between {} and {}", f.pair, after, at);
    case Step::not_resumed:
      return fmt::format("{}: missed while not connected: what came between {} and {}", f.pair, after, at);
    case Step::lost:
      return fmt::format("{}: lost: {} names {} as the one before it, but the last one here was {}", f.pair, at,
                         text_of(f.prev, "none"), text_of(f.after, "an announced gap"));
    case Step::backwards:
      return fmt::format("{}: repeated or backwards: {} came after {}", f.pair, at, after);
    case Step::moved:
      return fmt::format("{}: moved to another partition: {} follows {}", f.pair, at, after);
    default:
      return fmt::format("{}: the log was made anew: {} follows {}", f.pair, at, after);
  }
}

std::string as_json(const Finding& f) {
  return fmt::format(
      R"({{"type":"{}","currencyPair":"{}","cause":"{}","accounted":{},"after":{},"offset":{},"prev":{},"conflated":{}}})",
      is_hole(f.step) ? "hole" : "notice", f.pair, name(f.step), is_accounted_for(f.step), quoted(f.after),
      quoted(f.at), quoted(f.prev), f.conflated);
}

}  // namespace wsf::wsclient
