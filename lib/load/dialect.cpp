#include "load/dialect.hpp"

#include "load/fx_rates_dialect.hpp"
#include "load/notify_dialect.hpp"
#include "load/trading_dialect.hpp"

namespace wsf::load {

const char* name_of(LoadProtocol protocol) {
  switch (protocol) {
    case LoadProtocol::trading:
      return "trading";
    case LoadProtocol::notify:
      return "notify";
    case LoadProtocol::fx_rates:
      break;
  }
  return "fx-rates";
}

std::unique_ptr<const Dialect> make_dialect(const LoadOptions& options) {
  switch (options.protocol) {
    case LoadProtocol::trading:
      return std::make_unique<TradingDialect>(options);
    case LoadProtocol::notify:
      return std::make_unique<NotifyDialect>(options);
    case LoadProtocol::fx_rates:
      break;
  }
  return std::make_unique<FxRatesDialect>(options);
}

}  // namespace wsf::load
