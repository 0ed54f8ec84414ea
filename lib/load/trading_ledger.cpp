#include "load/trading_ledger.hpp"

#include "protocol/trading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::load {
namespace {

constexpr std::string_view kOpening = R"(,"position":")";

// The value of the last member.
std::string_view position_text(std::string_view update) {
  const std::size_t at = update.rfind(kOpening);
  if (at == update.npos) return {};
  const std::string_view rest = update.substr(at + kOpening.size());
  return rest.substr(0, rest.find('"'));
}

}  // namespace

TradingLedger::TradingLedger(const Dialect& dialect, const TradingKeys& keys, const Share& share)
    : dialect_(dialect), keys_(keys), share_(share), newest_(share.connections()), excused_(share.subscriptions()) {}

Ledger::Followed TradingLedger::follow(const Subscription& subscription, std::string_view update,
                                       std::uint32_t missing) {
  follow_position(subscription, update);
  follow_numbers(subscription, missing);
  return {};
}

void TradingLedger::follow_position(const Subscription& subscription, std::string_view update) {
  const std::string_view text = position_text(update);
  const auto place = protocol::parse_topic_position(text);
  if (!place) {
    counts_.without_meta++;
    return;
  }
  const std::size_t topic = number_of(place->topic);
  Newest* newest = find(subscription.connection, topic, place->position.partition);
  if (newest == nullptr) {
    newest_[share_.local(subscription.connection)].push_back({topic, place->position});
    return;
  }
  counts_.links++;
  if (is_later(place->position, newest->position)) {
    newest->position = place->position;
  } else {
    note_break(subscription,
               fmt::format("{} came after {}", text, protocol::to_text(place->topic, newest->position)));
  }
}

void TradingLedger::follow_numbers(const Subscription& subscription, std::uint32_t missing) {
  const bool excused = excused_[subscription.index];
  excused_[subscription.index] = false;
  if (missing == 0 || excused) return;
  if (keys_.is_price(subscription.key)) {
    counts_.conflated += missing;
  } else {
    note_break(subscription, fmt::format("{} events are missing, and no gap was announced", missing));
  }
}

void TradingLedger::announce_gap(std::uint32_t connection, std::string_view) {
  counts_.gaps++;
  excuse(connection);
}

std::string TradingLedger::come_back(std::uint32_t connection) {
  std::string out;
  for (const Newest& one : newest_[share_.local(connection)]) {
    out += (out.empty() ? "" : ",") + protocol::to_text(topics_[one.topic], one.position);
  }
  if (out.empty()) {
    counts_.begun_anew++;
    excuse(connection);
  } else {
    counts_.resumed++;
  }
  return out;
}

// Only the first event of each type can show what the gap has taken.
void TradingLedger::excuse(std::uint32_t connection) {
  for (std::uint32_t slot = 0; slot < share_.plan.per_connection; slot++) {
    excused_[share_.subscription(connection, slot).index] = true;
  }
}

void TradingLedger::note_break(const Subscription& subscription, std::string_view what) {
  counts_.breaks++;
  if (!counts_.first_break.empty()) return;
  counts_.first_break =
      fmt::format("connection {}, {}: {}", subscription.connection, dialect_.name_of(subscription.key), what);
}

std::size_t TradingLedger::number_of(std::string_view topic) {
  const auto found = std::ranges::find(topics_, topic);
  const auto number = static_cast<std::size_t>(found - topics_.begin());
  if (found == topics_.end()) topics_.emplace_back(topic);
  return number;
}

TradingLedger::Newest* TradingLedger::find(std::uint32_t connection, std::size_t topic, std::int32_t partition) {
  auto& all = newest_[share_.local(connection)];
  const auto found = std::ranges::find_if(
      all, [&](const Newest& one) { return one.topic == topic && one.position.partition == partition; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace wsf::load
