#include "load/tally.hpp"

#include "load/server_message.hpp"
#include "protocol/fx_rates.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::load {
namespace {

std::uint64_t not_negative(std::int64_t time) {  // clocks of two machines may disagree
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time));
}

}  // namespace

bool RunFilter::admits(std::string_view run) {
  const std::uint64_t wanted = hash(run);
  std::uint64_t known = run_.load(std::memory_order_relaxed);
  if (known == 0 && run_.compare_exchange_strong(known, wanted)) return true;
  return known == wanted;
}

void SeqRange::take(std::uint32_t seq) {
  if (size() == 0) {
    low = high = seq;
    return;
  }
  low = std::min(low, seq);
  high = std::max(high, seq);
}

void SeqRange::merge(const SeqRange& other) {
  if (other.size() == 0) return;
  take(other.low);
  take(other.high);
}

void Counts::add(const Counts& other) {
  delivered += other.delivered;
  duplicates += other.duplicates;
  late += other.late;
  holes += other.holes;
  unexpected += other.unexpected;
  foreign += other.foreign;
  unmarked += other.unmarked;
}

Tally::Tally(const Plan& plan, const PairNumbers& names, const Window& window, RunFilter& run, TallyOptions options)
    : plan_(plan),
      names_(names),
      window_(window),
      run_(run),
      first_(options.first),
      stride_(options.stride),
      timeline_(options.slot_ns, options.verify) {
  const std::uint32_t own = plan.connections > first_ ? (plan.connections - first_ + stride_ - 1) / stride_ : 0;
  sequences_.resize(std::size_t{own} * plan.per_connection);
  if (options.verify) ledger_.emplace(names, sequences_.size());
  received_.resize(own);
  ranges_.resize(plan.pairs);
  events_.resize(kTimedEvents);
}

std::optional<Subscription> Tally::subscription_of(std::uint32_t connection, std::string_view name) const {
  const auto pair = names_.number(name);
  const auto slot = pair ? plan_.slot_of(connection, *pair) : std::nullopt;
  if (!slot) return std::nullopt;
  return subscription(connection, *slot);
}

Subscription Tally::subscription(std::uint32_t connection, std::uint32_t slot) const {
  return {connection, plan_.pair_of(connection, slot), std::size_t{local(connection)} * plan_.per_connection + slot};
}

void Tally::deliver(std::uint32_t connection, std::string_view text, std::int64_t now_ns) {
  const auto mark = find_mark(text, &pair_place_);
  const auto meta = ledger_ ? find_meta(text) : std::nullopt;
  const bool own = mark && run_.admits(mark->run);
  const auto subscription = subscription_of(connection, mark ? mark->pair : find_pair(text, &pair_place_));
  if (ledger_ && subscription) {  // a chain runs through the events of all publishers
    const std::uint32_t missing = own ? sequences_[subscription->index].missing_before(mark->seq) : 0;
    if (!ledger_->follow(*subscription, meta, missing)) return;
  }
  if (!mark) {
    counts_.unmarked++;
  } else if (!own) {
    counts_.foreign++;
  } else if (!subscription) {
    counts_.unexpected++;
  } else {
    all_delivered_.add();
    if (!count_sequence(sequences_[subscription->index], mark->seq)) return;
    if (window_.holds(mark->due_ns)) count_in_window(*subscription, *mark, meta, now_ns);
  }
}

void Tally::announce_gap(std::uint32_t connection, std::string_view text) {
  const auto gap = find_gap(text);
  const auto subscription = gap ? subscription_of(connection, gap->pair) : std::nullopt;
  if (ledger_ && subscription) ledger_->announce_gap(*subscription, *gap);
}

std::string Tally::come_back(std::uint32_t connection) {
  std::string out;
  for (std::uint32_t slot = 0; ledger_ && slot < plan_.per_connection; slot++) {
    const Subscription one = subscription(connection, slot);
    const auto point = ledger_->come_back(one);
    if (!point) continue;
    out += fmt::format(R"({}"{}":"{}")", out.empty() ? "" : ",", names_.name(one.pair), protocol::to_text(*point));
  }
  return out;
}

void Tally::answered(std::uint32_t connection, std::string_view text) {
  for (std::uint32_t slot = 0; ledger_ && slot < plan_.per_connection; slot++) {
    const Subscription one = subscription(connection, slot);
    ledger_->answered(one, recovery_of(names_.name(one.pair), text));
  }
}

bool Tally::count_sequence(Sequence& sequence, std::uint32_t seq) {
  const std::uint32_t missing = sequence.missing_before(seq);
  switch (sequence.see(seq)) {
    case Seen::in_order:
      return true;
    case Seen::after_hole:
      counts_.holes += missing;
      return true;
    case Seen::late:
      counts_.late++;
      if (counts_.holes > 0) counts_.holes--;
      return true;
    case Seen::duplicate:
      counts_.duplicates++;
      return false;
  }
  return false;
}

void Tally::count_in_window(const Subscription& subscription, const EventMark& mark,
                            const std::optional<UpdateMeta>& meta, std::int64_t now_ns) {
  counts_.delivered++;
  window_delivered_.add();
  received_[local(subscription.connection)]++;
  ranges_[subscription.pair].take(mark.seq);
  last_delivery_ns_.store(now_ns, std::memory_order_relaxed);
  const auto took_ns = not_negative(now_ns - mark.due_ns);
  latency_ns_.record(took_ns);
  Timeline::Slot& slot = timeline_.at(mark.due_ns - window_.from_ns.load(std::memory_order_relaxed));
  slot.latency_us.record(took_ns / 1000);
  if (meta) time_stages(slot, *meta, now_ns);
  time_event(subscription.pair, mark, now_ns);
}

void Tally::time_stages(Timeline::Slot& slot, const UpdateMeta& meta, std::int64_t now_ns) {
  slot.logged_to_sent_ms.record(not_negative(meta.sent_ms - meta.kafka_ms));
  slot.sent_to_received_ms.record(not_negative(now_ns / 1'000'000 - meta.sent_ms));
}

void Tally::time_event(std::uint32_t pair, const EventMark& mark, std::int64_t now_ns) {
  EventTimes& times = events_[(std::size_t{mark.seq} * plan_.pairs + pair) % kTimedEvents];
  const bool same = times.due_ns != 0 && times.pair == pair && times.seq == mark.seq;
  if (!same) times = {pair, mark.seq, mark.due_ns, now_ns, now_ns};
  times.last_ns = now_ns;
}

}  // namespace wsf::load
