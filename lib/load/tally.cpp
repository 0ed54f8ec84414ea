#include "load/tally.hpp"

#include <algorithm>

namespace wsf::load {

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

Tally::Tally(const Plan& plan, const PairNumbers& names, const Window& window, RunFilter& run, std::uint32_t first,
             std::uint32_t stride)
    : plan_(plan), names_(names), window_(window), run_(run), first_(first), stride_(stride) {
  const std::uint32_t own = plan.connections > first ? (plan.connections - first + stride - 1) / stride : 0;
  sequences_.resize(std::size_t{own} * plan.per_connection);
  received_.resize(own);
  ranges_.resize(plan.pairs);
  events_.resize(kTimedEvents);
}

void Tally::deliver(std::uint32_t connection, std::string_view text, std::int64_t now_ns) {
  const auto mark = find_mark(text);
  if (!mark) {
    counts_.unmarked++;
    return;
  }
  if (!run_.admits(mark->run)) {
    counts_.foreign++;
    return;
  }
  const auto pair = names_.number(mark->pair);
  const auto slot = pair ? plan_.slot_of(connection, *pair) : std::nullopt;
  if (!slot) {
    counts_.unexpected++;
    return;
  }
  all_delivered_.add();
  Sequence& sequence = sequences_[std::size_t{local(connection)} * plan_.per_connection + *slot];
  if (!count_sequence(sequence, mark->seq)) return;
  if (window_.holds(mark->due_ns)) count_in_window(connection, *pair, *mark, now_ns);
}

bool Tally::count_sequence(Sequence& sequence, std::uint32_t seq) {
  const std::uint32_t before = sequence.newest();
  switch (sequence.see(seq)) {
    case Seen::in_order:
      return true;
    case Seen::after_hole:
      counts_.holes += seq - before - 1;
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

void Tally::count_in_window(std::uint32_t connection, std::uint32_t pair, const EventMark& mark,
                            std::int64_t now_ns) {
  counts_.delivered++;
  window_delivered_.add();
  received_[local(connection)]++;
  ranges_[pair].take(mark.seq);
  last_delivery_ns_.store(now_ns, std::memory_order_relaxed);
  latency_ns_.record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, now_ns - mark.due_ns)));
  time_event(pair, mark, now_ns);
}

void Tally::time_event(std::uint32_t pair, const EventMark& mark, std::int64_t now_ns) {
  EventTimes& times = events_[(std::size_t{mark.seq} * plan_.pairs + pair) % kTimedEvents];
  const bool same = times.due_ns != 0 && times.pair == pair && times.seq == mark.seq;
  if (!same) times = {pair, mark.seq, mark.due_ns, now_ns, now_ns};
  times.last_ns = now_ns;
}

}  // namespace wsf::load
