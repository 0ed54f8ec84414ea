#include "load/dialect.hpp"

#include "load/fx_rates_dialect.hpp"

namespace wsf::load {

std::unique_ptr<const Dialect> make_dialect(const LoadOptions& options) {
  return std::make_unique<FxRatesDialect>(options);
}

}  // namespace wsf::load
