#include "load/dialect.hpp"

#include "load/fx_rates_dialect.hpp"
#include "load/notify_dialect.hpp"
#include "load/quotes_dialect.hpp"
#include "load/quotes_patch_dialect.hpp"
#include "load/trading_dialect.hpp"

namespace wsf::load {
namespace {

constexpr double kMostRate = 1e6;

}  // namespace

const char* name_of(LoadProtocol protocol) {
  switch (protocol) {
    case LoadProtocol::trading:
      return "trading";
    case LoadProtocol::notify:
      return "notify";
    case LoadProtocol::quotes_patch:
      return "quotes-patch";
    case LoadProtocol::quotes:
      return "quotes";
    case LoadProtocol::fx_rates:
      break;
  }
  return "fx-rates";
}

double most_rate(LoadProtocol protocol) {
  if (protocol == LoadProtocol::quotes_patch) return QuoteWalk::kMostRate;
  return protocol == LoadProtocol::quotes ? QuoteTurns::kMostRate : kMostRate;
}

std::unique_ptr<StateLedger> Dialect::make_states(const Share& /*share*/) const {
  return nullptr;
}

DocumentsOutcome Dialect::compare_states(const Route& /*route*/, const StateLedgers& /*states*/,
                                         std::int64_t /*start_ns*/) const {
  return {};
}

std::uint64_t Dialect::owed_to(std::uint32_t connection, const std::vector<std::uint64_t>& events) const {
  const Plan& all = plan();
  std::uint64_t out = 0;
  for (std::uint32_t slot = 0; slot < all.per_connection; slot++) {
    const std::uint32_t key = all.key_of(connection, slot);
    if (key >= all.first_owed) out += events[key];
  }
  return out;
}

std::unique_ptr<const Dialect> make_dialect(const LoadOptions& options) {
  switch (options.protocol) {
    case LoadProtocol::trading:
      return std::make_unique<TradingDialect>(options);
    case LoadProtocol::notify:
      return std::make_unique<NotifyDialect>(options);
    case LoadProtocol::quotes_patch:
      return std::make_unique<QuotesPatchDialect>(options);
    case LoadProtocol::quotes:
      return std::make_unique<QuotesDialect>(options);
    case LoadProtocol::fx_rates:
      break;
  }
  return std::make_unique<FxRatesDialect>(options);
}

}  // namespace wsf::load
