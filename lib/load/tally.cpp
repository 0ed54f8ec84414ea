#include "load/tally.hpp"

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
  superseded += other.superseded;
}

Tally::Tally(const Dialect& dialect, const Window& window, RunFilter& run, TallyOptions options)
    : dialect_(dialect),
      share_{dialect.plan(), options.first, options.stride},
      window_(window),
      run_(run),
      ledger_(options.verify ? dialect.make_ledger(share_) : nullptr),
      states_(dialect.make_states(share_)),
      warmup_ns_(options.warmup.count()),
      timeline_(options.slot_ns, options.verify) {
  sequences_.resize(share_.subscriptions());
  received_.resize(share_.connections());
  ranges_.resize(share_.plan.keys);
  events_.resize(kTimedEvents);
}

std::optional<Subscription> Tally::subscription_of(std::uint32_t connection, std::optional<std::uint32_t> key) const {
  const auto slot = key ? share_.plan.slot_of(connection, *key) : std::nullopt;
  if (!slot) return std::nullopt;
  return share_.subscription(connection, *slot);
}

std::optional<std::int64_t> Tally::start_ns() const {
  const std::int64_t from_ns = window_.from_ns.load(std::memory_order_relaxed);
  if (from_ns == std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return from_ns - warmup_ns_;
}

const ChainCounts* Tally::chains() const {
  if (states_) return &states_->counts();
  return ledger_ ? &ledger_->counts() : nullptr;
}

void Tally::follow_state(std::uint32_t connection, std::string_view text, std::int64_t now_ns) {
  for (const ReachedEvent& event : states_->take(connection, text, now_ns, start_ns())) {
    all_delivered_.add();
    if (!window_.holds(event.due_ns)) continue;
    counts_.superseded += event.superseded ? 1 : 0;
    // Superseded or not, by now the client knows no less than the event told: that is its latency.
    count_in_window({connection, event.key, 0}, {{}, event.number, event.due_ns}, std::nullopt, now_ns);
  }
  note_odd();
}

void Tally::note_odd() {
  const OddEvents odd = states_->odd();
  counts_.duplicates = odd.duplicates;
  counts_.late = odd.late;
  counts_.unexpected = odd.unexpected;
}

void Tally::lose(std::uint32_t connection) {
  if (states_) states_->forget(connection);
}

void Tally::catch_up(std::uint32_t connection, std::string_view text, std::int64_t now_ns) {
  if (!states_) return;
  states_->take(connection, text, now_ns, start_ns());
  note_odd();
}

void Tally::deliver(std::uint32_t connection, std::string_view text, std::int64_t now_ns) {
  if (states_) return follow_state(connection, text, now_ns);
  const SeenEvent event = dialect_.event_of(text, key_place_);
  const bool own = event.mark && run_.admits(event.mark->run);
  const auto subscription = subscription_of(connection, event.key);
  std::optional<ServerTimes> times;
  if (ledger_ && subscription) {  // a chain runs through the events of all publishers
    const std::uint32_t missing = own ? sequences_[subscription->index].missing_before(event.mark->seq) : 0;
    const Ledger::Followed followed = ledger_->follow(*subscription, text, missing);
    if (!followed.delivery) return;
    times = followed.times;
  }
  if (event.addressed && !subscription) {  // whoever published it
    counts_.unexpected++;
  } else if (!event.mark) {
    counts_.unmarked++;
  } else if (!own || !subscription) {
    counts_.foreign++;
  } else {
    all_delivered_.add();
    if (!count_sequence(sequences_[subscription->index], event.mark->seq)) return;
    if (window_.holds(event.mark->due_ns)) count_in_window(*subscription, *event.mark, times, now_ns);
  }
}

void Tally::read(std::int64_t arrived_ns, std::int64_t now_ns) {
  if (arrived_ns != 0 && window_.holds(arrived_ns)) read_wait_ns_.record(not_negative(now_ns - arrived_ns));
}

void Tally::announce_gap(std::uint32_t connection, std::string_view text) {
  if (ledger_) ledger_->announce_gap(connection, text);
}

std::string Tally::come_back(std::uint32_t connection) {
  return ledger_ ? ledger_->come_back(connection) : std::string();
}

void Tally::answered(std::uint32_t connection, std::string_view text) {
  if (ledger_) ledger_->answered(connection, text);
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
                            const std::optional<ServerTimes>& times, std::int64_t now_ns) {
  if (subscription.key >= share_.plan.first_owed) {
    counts_.delivered++;
    window_delivered_.add();
    received_[share_.local(subscription.connection)]++;
  }
  ranges_[subscription.key].take(mark.seq);
  last_delivery_ns_.store(now_ns, std::memory_order_relaxed);
  const auto took_ns = not_negative(now_ns - mark.due_ns);
  latency_ns_.record(took_ns);
  Timeline::Slot& slot = timeline_.at(mark.due_ns - window_.from_ns.load(std::memory_order_relaxed));
  slot.latency_us.record(took_ns / 1000);
  if (times) time_stages(slot, *times, now_ns);
  time_event(subscription.key, mark, now_ns);
}

void Tally::time_stages(Timeline::Slot& slot, const ServerTimes& times, std::int64_t now_ns) {
  slot.logged_to_sent_ms.record(not_negative(times.sent_ms - times.kafka_ms));
  slot.sent_to_received_ms.record(not_negative(now_ns / 1'000'000 - times.sent_ms));
}

void Tally::time_event(std::uint32_t key, const EventMark& mark, std::int64_t now_ns) {
  EventTimes& times = events_[(std::size_t{mark.seq} * share_.plan.keys + key) % kTimedEvents];
  const bool same = times.due_ns != 0 && times.key == key && times.seq == mark.seq;
  if (!same) times = {key, mark.seq, mark.due_ns, now_ns, now_ns};
  times.last_ns = now_ns;
}

}  // namespace wsf::load
