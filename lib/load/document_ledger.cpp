#include "load/document_ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::load {
namespace {

using protocol::QuoteField;
using Kind = PatchOperation::Kind;

constexpr std::int64_t kClockStepNs = 10'000'000;  // that a clock may go back between two threads' looks at it

}  // namespace

bool concerns(const QuoteWalk& walk, const Plan& plan, std::uint32_t connection, std::uint32_t event) {
  for (std::uint32_t slot = 0; slot < plan.per_connection; slot++) {
    if (walk.moves(event, plan.key_of(connection, slot))) return true;
  }
  return false;
}

DocumentLedger::DocumentLedger(const QuoteWalk& walk, protocol::QuoteFields fields, const Share& share)
    : walk_(walk),
      fields_(fields),
      share_(share),
      states_(share.connections()),
      quotes_(share.subscriptions()),
      published_(std::size_t{2} * walk.symbols()),
      newest_(walk.symbols()) {}

std::span<const ReachedEvent> DocumentLedger::take(std::uint32_t connection, std::string_view text,
                                                   std::int64_t now_ns, std::optional<std::int64_t> start_ns) {
  reached_.clear();
  State& state = states_[share_.local(connection)];
  if (!reader_.read(text)) {
    note_break(counts_, connection, fmt::format("no message of the protocol: {}", reader_.fault()));
    return reached_;
  }
  if (!find_slots(connection) || (!state.open && !is_whole_beginning(connection))) return reached_;
  const std::int64_t event = start_ns ? newest_event(connection, now_ns, *start_ns) : kNoEvent;
  const bool is_new = event > state.newest;
  if (is_new && state.open && state.newest != kNoEvent) {
    check(connection, static_cast<std::uint32_t>(state.newest), *start_ns);
  }
  state.open = true;
  apply(connection);
  if (is_new) advance(connection, static_cast<std::uint32_t>(event), *start_ns);
  return reached_;
}

void DocumentLedger::forget(std::uint32_t connection) {
  states_[share_.local(connection)].open = false;
  const std::size_t begin = share_.subscription(connection, 0).index;
  std::fill_n(quotes_.begin() + static_cast<std::ptrdiff_t>(begin), share_.plan.per_connection, QuoteValues{});
}

// Operations mostly come in the order of the subscription, several in a row on the same symbol: from `near` on.
std::optional<std::uint32_t> DocumentLedger::slot_of(std::uint32_t connection, std::string_view symbol,
                                                     std::uint32_t near) const {
  for (std::uint32_t step = 0; step < share_.plan.per_connection; step++) {
    const std::uint32_t slot = (near + step) % share_.plan.per_connection;
    if (walk_.symbol(share_.plan.key_of(connection, slot)) == symbol) return slot;
  }
  return std::nullopt;
}

bool DocumentLedger::find_slots(std::uint32_t connection) {
  slots_.clear();
  for (const PatchOperation& operation : reader_.operations()) {
    const auto slot = slot_of(connection, operation.symbol, slots_.empty() ? 0 : slots_.back());
    if (!slot) {
      note_break(counts_, connection, fmt::format("{} was not asked for", operation.symbol));
      return false;
    }
    slots_.push_back(*slot);
  }
  return true;
}

// The first message adds each of the symbols.
bool DocumentLedger::is_whole_beginning(std::uint32_t connection) {
  for (std::uint32_t slot = 0; slot < share_.plan.per_connection; slot++) {
    if (std::ranges::find(slots_, slot) != slots_.end()) continue;
    note_break(counts_, connection,
               fmt::format("the first message adds no {}", walk_.symbol(share_.plan.key_of(connection, slot))));
    return false;
  }
  return true;
}

const QuoteValues& DocumentLedger::published(std::uint32_t event, std::uint32_t symbol, std::int64_t start_ns) {
  Published& known = published_[std::size_t{2} * symbol + event % 2];
  if (known.event != event) known = {event, walk_.values(event, symbol, start_ns)};
  return known.values;
}

// Mostly the event that came last, to another connection.
std::optional<std::uint32_t> DocumentLedger::event_of(std::uint32_t symbol, QuoteField field,
                                                      const QuoteValues& values, std::int64_t now_ns,
                                                      std::int64_t start_ns) {
  const Published& last = published_[std::size_t{2} * symbol + newest_[symbol] % 2];
  if (last.event == newest_[symbol] && last.values.agrees(field, values)) return newest_[symbol];
  const auto event = walk_.event_of(symbol, field, values, start_ns);
  if (!event || !walk_.moves(*event, symbol)) return std::nullopt;
  if (start_ns + walk_.due(*event).count() > now_ns + kClockStepNs) return std::nullopt;
  newest_[symbol] = *event;
  published(*event, symbol, start_ns);
  return event;
}

// The newest of those that the values are from.
std::int64_t DocumentLedger::newest_event(std::uint32_t connection, std::int64_t now_ns, std::int64_t start_ns) {
  const bool begun = states_[share_.local(connection)].newest != kNoEvent;
  std::int64_t out = kNoEvent;
  for (std::size_t i = 0; i < slots_.size(); i++) {
    const PatchOperation& operation = reader_.operations()[i];
    const std::uint32_t symbol = share_.plan.key_of(connection, slots_[i]);
    for (const QuoteField field : kQuoteFields) {
      if (!operation.values.given.has(field)) continue;
      if (const auto event = event_of(symbol, field, operation.values, now_ns, start_ns)) {
        out = std::max(out, std::int64_t{*event});
      } else if (begun) {
        note_break(counts_, connection,
                   fmt::format("{} {} is {}, which nobody has published", operation.symbol, name_of(field),
                               text_of(operation.values, field)));
      }
    }
  }
  return out;
}

void DocumentLedger::check(std::uint32_t connection, std::uint32_t event, std::int64_t start_ns) {
  for (std::uint32_t slot = 0; slot < share_.plan.per_connection; slot++) {
    const Subscription one = share_.subscription(connection, slot);
    const QuoteValues& should = published(walk_.last_move(event, one.key), one.key, start_ns);
    const QuoteValues& held = quotes_[one.index];
    const auto field = difference_of(held, should, fields_);
    if (!field) continue;
    return note_break(counts_, connection,
                      fmt::format("with event {} it has {} of {} {}, and not {}", event, text_of(held, *field),
                                  walk_.symbol(one.key), name_of(*field), text_of(should, *field)));
  }
}

void DocumentLedger::check_all(std::int64_t start_ns) {
  for (std::uint32_t local = 0; local < states_.size(); local++) {
    const State& state = states_[local];
    if (!state.open || state.newest == kNoEvent) continue;
    check(share_.first + local * share_.stride, static_cast<std::uint32_t>(state.newest), start_ns);
  }
}

void DocumentLedger::apply(std::uint32_t connection) {
  for (std::size_t i = 0; i < slots_.size(); i++) {
    const PatchOperation& operation = reader_.operations()[i];
    apply(connection, operation, quotes_[share_.subscription(connection, slots_[i]).index]);
    counts_.links++;
  }
}

void DocumentLedger::apply(std::uint32_t connection, const PatchOperation& operation, QuoteValues& quote) {
  const bool adds = operation.kind == Kind::add;
  if (adds == operation.field.has_value()) {
    note_break(
        counts_, connection,
        fmt::format("{} of {} {}: the protocol adds quotes, and replaces fields", adds ? "an add" : "a replace",
                    operation.symbol, adds ? name_of(*operation.field) : "as a whole"));
  }
  if (!adds && !(operation.field ? quote.given.has(*operation.field) : !quote.given.empty())) {
    note_break(counts_, connection,
               fmt::format("a replace of {} {}, which is not there", operation.symbol,
                           operation.field ? name_of(*operation.field) : "as a whole"));
    return;
  }
  if (operation.field) return quote.copy(*operation.field, operation.values);
  if (operation.values.given != fields_) {
    note_break(counts_, connection,
               fmt::format("{} is added with other fields than were asked for", operation.symbol));
  }
  quote = operation.values;
}

void DocumentLedger::advance(std::uint32_t connection, std::uint32_t event, std::int64_t start_ns) {
  State& state = states_[share_.local(connection)];
  for (auto one = static_cast<std::uint32_t>(state.newest + 1); one <= event; one++) {
    if (!concerns(walk_, share_.plan, connection, one)) continue;
    const bool superseded = one != event;
    counts_.conflated += superseded ? 1 : 0;
    reached_.push_back({one, start_ns + walk_.due(one).count(), superseded});
  }
  state.newest = event;
}

std::optional<std::string> DocumentLedger::difference(std::uint32_t connection, const QuoteDocument& server) const {
  for (std::uint32_t slot = 0; slot < share_.plan.per_connection; slot++) {
    const Subscription one = share_.subscription(connection, slot);
    const QuoteValues& held = quotes_[one.index];
    const auto field = difference_of(held, server[one.key], protocol::QuoteFields::all());
    if (!field) continue;
    return fmt::format("connection {} has {} of {} {}, the server {}", connection, text_of(held, *field),
                       walk_.symbol(one.key), name_of(*field), text_of(server[one.key], *field));
  }
  return std::nullopt;
}

}  // namespace wsf::load
