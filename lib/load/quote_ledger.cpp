#include "load/quote_ledger.hpp"

#include "load/quote_message.hpp"

#include <fmt/format.h>

#include <array>

namespace wsf::load {
namespace {

using protocol::QuoteField;

constexpr std::int64_t kClockStepNs = 10'000'000;  // that a clock may go back between two threads' looks at it
constexpr std::array<std::string_view, protocol::kQuoteFields> kNames{"price", "change", "change_percent",
                                                                      "timestamp"};

std::string_view name_of_field(QuoteField field) {
  return kNames[static_cast<std::size_t>(field)];
}

}  // namespace

QuoteLedger::QuoteLedger(const QuoteTurns& turns, protocol::QuoteFields fields, const Share& share)
    : turns_(turns), fields_(fields), share_(share), states_(share.connections()), held_(share.subscriptions()) {
  for (std::uint32_t key = 0; key < turns_.symbols(); key++) numbers_.emplace(turns_.symbol(key), key);
}

std::optional<Subscription> QuoteLedger::subscription_of(std::uint32_t connection, std::string_view symbol) const {
  const auto number = numbers_.find(symbol);
  if (number == numbers_.end()) return std::nullopt;
  const auto slot = share_.plan.slot_of(connection, number->second);
  return slot ? std::optional(share_.subscription(connection, *slot)) : std::nullopt;
}

std::optional<std::uint32_t> QuoteLedger::round_of(std::uint32_t key, const QuoteValues& values, std::int64_t now_ns,
                                                   std::int64_t start_ns) const {
  if (!values.given.has(QuoteField::price)) return std::nullopt;
  const auto round = turns_.round_of(key, values.number(QuoteField::price));
  if (!round || start_ns + turns_.due(*round, key).count() > now_ns + kClockStepNs) return std::nullopt;
  return round;
}

std::span<const ReachedEvent> QuoteLedger::take(std::uint32_t connection, std::string_view text, std::int64_t now_ns,
                                                std::optional<std::int64_t> start_ns) {
  reached_.clear();
  const auto quote = read_quote(text);
  if (!quote) {
    note_break(counts_, connection, fmt::format("this is no quote: {}", text.substr(0, 100)));
    return reached_;
  }
  const auto subscription = subscription_of(connection, quote->symbol);
  if (!subscription) {
    odd_.unexpected++;
    note_break(counts_, connection, fmt::format("{} was not asked for", quote->symbol));
    return reached_;
  }
  if (!start_ns) return reached_;  // whoever has published that
  const auto round = round_of(subscription->key, quote->values, now_ns, *start_ns);
  if (!round) {
    note_break(counts_, connection,
               fmt::format("{} price is {}, which nobody has published", quote->symbol,
                           text_of(quote->values, QuoteField::price)));
    return reached_;
  }
  check(*subscription, quote->values, turns_.values(*round, subscription->key, *start_ns));
  follow(*subscription, *round, now_ns, *start_ns);
  if (!reached_.empty()) held_[subscription->index] = {*round, quote->values};
  return reached_;
}

void QuoteLedger::check(const Subscription& subscription, const QuoteValues& came, const QuoteValues& should) {
  const std::string& symbol = turns_.symbol(subscription.key);
  if (came.given != fields_) {
    return note_break(counts_, subscription.connection,
                      fmt::format("{} comes with other fields than were asked for", symbol));
  }
  if (const auto field = difference_of(came, should, fields_)) {
    note_break(counts_, subscription.connection,
               fmt::format("{} {} is {}, and not {}", symbol, name_of_field(*field), text_of(came, *field),
                           text_of(should, *field)));
  }
}

void QuoteLedger::follow(const Subscription& subscription, std::uint32_t round, std::int64_t now_ns,
                         std::int64_t start_ns) {
  const std::string& symbol = turns_.symbol(subscription.key);
  const std::int64_t newest = held_[subscription.index].round;
  State& state = states_[share_.local(subscription.connection)];
  state.open = true;
  const std::int64_t due_ns = start_ns + turns_.due(round, subscription.key).count();
  if (round == newest) {
    odd_.duplicates++;
    return note_break(counts_, subscription.connection, fmt::format("quote {} of {} came twice", round, symbol));
  }
  if (round < newest) {
    odd_.late++;
    return note_break(counts_, subscription.connection,
                      fmt::format("quote {} of {} came after {}", round, symbol, newest));
  }
  if (now_ns - due_ns > std::chrono::nanoseconds(kSlowLine).count()) state.slow_ns = now_ns;
  skip(subscription, round, start_ns);
  counts_.links++;
  reached_.push_back({round, due_ns, false, subscription.key});
}

// Those between the newest one and this.
void QuoteLedger::skip(const Subscription& subscription, std::uint32_t round, std::int64_t start_ns) {
  const std::int64_t slow_ns = states_[share_.local(subscription.connection)].slow_ns;
  for (auto one = static_cast<std::uint32_t>(held_[subscription.index].round + 1); one < round; one++) {
    const std::int64_t due_ns = start_ns + turns_.due(one, subscription.key).count();
    if (slow_ns >= due_ns) {
      counts_.conflated++;
      reached_.push_back({one, due_ns, true, subscription.key});
    } else {
      note_break(
          counts_, subscription.connection,
          fmt::format("quote {} of {} never came, and the line was not slow", one, turns_.symbol(subscription.key)));
    }
  }
}

void QuoteLedger::forget(std::uint32_t connection) {
  states_[share_.local(connection)].open = false;
}

std::optional<std::string> QuoteLedger::difference(std::uint32_t connection, const QuoteDocument& should) const {
  for (std::uint32_t slot = 0; slot < share_.plan.per_connection; slot++) {
    const Subscription one = share_.subscription(connection, slot);
    const QuoteValues& held = held_[one.index].values;
    const auto field = difference_of(held, should[one.key], fields_);
    if (!field) continue;
    return fmt::format("connection {} has {} of {} {}, and {} was published last", connection, text_of(held, *field),
                       turns_.symbol(one.key), name_of_field(*field), text_of(should[one.key], *field));
  }
  return std::nullopt;
}

}  // namespace wsf::load
