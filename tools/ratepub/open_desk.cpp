#include "open_desk.hpp"

namespace ratepub {

void OpenDesk::know(const wsf::protocol::QuoteEvent& quote) {
  const std::lock_guard lock(mutex_);
  newest_[quote.symbol] = quote.quote;
}

std::optional<wsf::protocol::Quote> OpenDesk::last(const std::string& symbol) const {
  const std::lock_guard lock(mutex_);
  const auto found = newest_.find(symbol);
  return found == newest_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace ratepub
