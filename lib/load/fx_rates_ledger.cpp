#include "load/fx_rates_ledger.hpp"

#include "load/server_message.hpp"
#include "protocol/fx_rates.hpp"

#include <fmt/format.h>

namespace wsf::load {

Ledger::Followed FxRatesLedger::follow(const Subscription& subscription, std::string_view update,
                                       std::uint32_t missing) {
  const auto meta = find_meta(update);
  Followed out{.delivery = chains_.follow(subscription, meta, missing)};
  if (meta) out.times = {meta->kafka_ms, meta->sent_ms};
  return out;
}

void FxRatesLedger::announce_gap(std::uint32_t connection, std::string_view text) {
  const auto gap = find_gap(text);
  const auto pair = gap ? names_.number(gap->pair) : std::nullopt;
  const auto slot = pair ? share_.plan.slot_of(connection, *pair) : std::nullopt;
  if (slot) chains_.announce_gap(share_.subscription(connection, *slot), *gap);
}

std::string FxRatesLedger::come_back(std::uint32_t connection) {
  std::string out;
  for (std::uint32_t slot = 0; slot < share_.plan.per_connection; slot++) {
    const Subscription one = share_.subscription(connection, slot);
    const auto point = chains_.come_back(one);
    if (!point) continue;
    out += fmt::format(R"({}"{}":"{}")", out.empty() ? "" : ",", names_.name(one.key), protocol::to_text(*point));
  }
  return out;
}

void FxRatesLedger::answered(std::uint32_t connection, std::string_view text) {
  for (std::uint32_t slot = 0; slot < share_.plan.per_connection; slot++) {
    const Subscription one = share_.subscription(connection, slot);
    chains_.answered(one, recovery_of(names_.name(one.key), text));
  }
}

}  // namespace wsf::load
