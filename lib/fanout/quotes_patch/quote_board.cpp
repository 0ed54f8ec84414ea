#include "fanout/quotes_patch/quote_board.hpp"

#include <utility>

namespace wsf::fanout {
namespace {

using protocol::QuoteField;

constexpr std::array kFields{QuoteField::price, QuoteField::change, QuoteField::change_percent, QuoteField::time};

}  // namespace

std::optional<SymbolId> QuoteBoard::find(std::string_view symbol) const {
  const auto known = ids_.find(symbol);
  return known == ids_.end() ? std::nullopt : std::optional(known->second);
}

std::optional<SymbolId> QuoteBoard::put(std::string_view symbol, protocol::Quote quote, std::int64_t version) {
  version_ = version;
  const auto known = find(symbol);
  if (!known) {
    if (entries_.size() >= kMaxSymbols) return std::nullopt;
    const auto id = static_cast<SymbolId>(entries_.size());
    ids_.emplace(symbol, id);
    entries_.push_back({std::string(symbol), std::move(quote), {}, {}});
    entries_.back().changed_at.fill(version);
    return id;
  }
  Entry& entry = entries_[*known];
  const protocol::QuoteFields changed = difference(entry.quote, quote);
  for (const QuoteField field : kFields) {
    if (changed.has(field)) entry.changed_at[static_cast<std::size_t>(field)] = version;
  }
  if (!changed.empty()) entry.patch.reset();
  entry.quote = std::move(quote);
  return known;
}

const protocol::QuotePatch& QuoteBoard::patch(SymbolId id) {
  Entry& entry = entries_[id];
  if (!entry.patch) entry.patch = protocol::patch_of(entry.symbol, entry.quote);
  return *entry.patch;
}

protocol::QuoteFields QuoteBoard::changed_since(SymbolId id, std::int64_t version) const {
  protocol::QuoteFields out;
  for (const QuoteField field : kFields) {
    if (entries_[id].changed_at[static_cast<std::size_t>(field)] > version) out.add(field);
  }
  return out;
}

}  // namespace wsf::fanout
