#include "fanout/quotes/newest_quotes.hpp"

namespace wsf::fanout {

using protocol::QuoteField;

protocol::Quote NewestQuotes::merge(const protocol::QuoteEvent& event, std::int64_t now_ms) {
  protocol::Quote quote = event.quote;
  if (!event.given.has(QuoteField::time)) quote.time_ms = now_ms;
  const std::lock_guard lock(mutex_);
  const auto known = quotes_.find(event.symbol);
  if (known == quotes_.end()) {
    if (quotes_.size() < kMaxSymbols) quotes_.emplace(event.symbol, quote);
    return quote;
  }
  if (!event.given.has(QuoteField::change)) quote.change = known->second.change;
  if (!event.given.has(QuoteField::change_percent)) quote.change_percent = known->second.change_percent;
  return known->second = quote;
}

std::optional<protocol::Quote> NewestQuotes::find(std::string_view symbol) const {
  const std::lock_guard lock(mutex_);
  const auto known = quotes_.find(symbol);
  return known == quotes_.end() ? std::nullopt : std::optional(known->second);
}

std::size_t NewestQuotes::size() const {
  const std::lock_guard lock(mutex_);
  return quotes_.size();
}

}  // namespace wsf::fanout
