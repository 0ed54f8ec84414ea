#include "load/state_ledger.hpp"

#include <fmt/format.h>

namespace wsf::load {

void note_break(ChainCounts& counts, std::uint32_t connection, std::string_view what) {
  counts.breaks++;
  if (counts.first_break.empty()) counts.first_break = fmt::format("connection {}: {}", connection, what);
}

DocumentsOutcome compare(const Plan& plan, const StateLedgers& ledgers, const QuoteDocument* should) {
  DocumentsOutcome out;
  for (std::uint32_t connection = 0; connection < plan.connections; connection++) {
    const StateLedger& ledger = *ledgers[connection % ledgers.size()];
    if (!ledger.holds(connection)) continue;
    const auto difference =
        should != nullptr ? ledger.difference(connection, *should) : std::optional<std::string>("");
    auto& [compared, equal] = plan.is_slow(connection) ? out.of_slow : out.of_readers;
    compared++;
    equal += difference ? 0 : 1;
    if (difference && out.first_difference.empty() && !plan.is_slow(connection)) out.first_difference = *difference;
  }
  return out;
}

}  // namespace wsf::load
