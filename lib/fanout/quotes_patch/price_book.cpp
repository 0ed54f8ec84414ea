#include "fanout/quotes_patch/price_book.hpp"

#include "base/units.hpp"
#include "fanout/feeds/new_batch.hpp"

#include <fmt/format.h>

#include <utility>

namespace wsf::fanout {
namespace {

std::string cents(double value) {
  return fmt::format("{:.2f}", value == 0 ? 0.0 : value);  // -0.00 is 0.00
}

double number_of(const std::string& text) {
  const auto number = base::parse_number(text);
  return number ? *number : 0;
}

protocol::Quote quote_at(double price, double close, std::int64_t now_ms) {
  return {.price = cents(price),
          .change = cents(price - close),
          .change_percent = cents((price - close) / close * 100),
          .time_ms = now_ms};
}

}  // namespace

PriceBook::PriceBook(const std::vector<market::Security>& securities, std::uint64_t seed, std::int64_t now_ms)
    : oscillation_(seed), securities_(securities) {
  for (std::size_t i = 0; i < securities_.size(); ++i) {
    places_.emplace(securities_[i].symbol, i);
    const double close = securities_[i].base_price;
    lines_.push_back({quote_at(close, close, now_ms), close, 0});
  }
}

std::vector<SymbolQuote> PriceBook::quotes() const {
  const std::lock_guard lock(mutex_);
  std::vector<SymbolQuote> out;
  for (std::size_t i = 0; i < lines_.size(); ++i) out.emplace_back(securities_[i].symbol, lines_[i].quote);
  return out;
}

std::uint64_t PriceBook::events() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::uint64_t>(version_);
}

void PriceBook::tell(std::vector<protocol::QuoteEvent> event, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> changed;
  for (protocol::QuoteEvent& one : event) {
    const auto [known, is_new] = places_.try_emplace(one.symbol, lines_.size());
    if (is_new && lines_.size() >= kMaxSymbols) {
      places_.erase(known);
      continue;
    }
    if (is_new) {
      lines_.emplace_back();
      securities_.push_back({one.symbol, 0});
    }
    const std::size_t at = known->second;
    protocol::Quote& quote = lines_[at].quote;
    quote = completed(std::move(one), quote, now_ms);
    securities_[at].base_price = number_of(quote.price);
    const double close = securities_[at].base_price - number_of(quote.change);
    lines_[at].close = close > 0 ? close : securities_[at].base_price;
    if (std::exchange(lines_[at].told_in, version_ + 1) <= version_) changed.push_back(at);
  }
  post(changed);
}

void PriceBook::oscillate(const SymbolWatch& watch, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> watched, changed;
  for (std::size_t i = 0; i < securities_.size(); ++i) {
    if (watch.has(securities_[i].symbol)) watched.push_back(i);
  }
  for (const market::Move& move : oscillation_.step(securities_, std::move(watched))) {
    lines_[move.security].quote = quote_at(move.price, lines_[move.security].close, now_ms);
    changed.push_back(move.security);
  }
  post(changed);
}

// The lock is held, so that the shards get events in their order.
void PriceBook::post(const std::vector<std::size_t>& changed) {
  if (changed.empty() || !post_) return;
  ++version_;
  auto batch = new_batch();
  for (const std::size_t at : changed) {
    hub::Update& update = batch->updates.emplace_back();
    update.key = securities_[at].symbol;
    update.payload = protocol::packed(lines_[at].quote);
    update.position.offset = version_;
  }
  traces_->receive(*batch, batch->updates.front(), "prices");  // of the event, which has one way
  post_(std::move(batch));
  traces_->posted();
}

}  // namespace wsf::fanout
