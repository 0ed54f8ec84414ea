#include "fanout/quotes/newest_quotes.hpp"

namespace wsf::fanout {

protocol::Quote NewestQuotes::merge(const protocol::QuoteEvent& event, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  const auto known = quotes_.find(event.symbol);
  if (known != quotes_.end()) return known->second = completed(event, known->second, now_ms);
  const protocol::Quote quote = completed(event, {}, now_ms);
  if (quotes_.size() < kMaxSymbols) quotes_.emplace(event.symbol, quote);
  return quote;
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
