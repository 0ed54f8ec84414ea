#pragma once
// The newest quote of each symbol, and since which version each of its fields is as it is: what a client lacks that
// stands at some version follows from that, however far back it is. One for each shard, used on its thread only.

#include "protocol/quote.hpp"
#include "protocol/quotes_patch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wsf::fanout {

using SymbolId = std::uint32_t;

class QuoteBoard {
 public:
  static constexpr std::size_t kMaxSymbols = 65'536;

  std::optional<SymbolId> find(std::string_view symbol) const;
  // Takes a quote of this version, no older than any before. nullopt: a new symbol, for which there is no room.
  std::optional<SymbolId> put(std::string_view symbol, protocol::Quote quote, std::int64_t version);

  const std::string& symbol(SymbolId id) const { return entries_[id].symbol; }
  const protocol::Quote& quote(SymbolId id) const { return entries_[id].quote; }
  // Of that quote; made when it is first asked for.
  const protocol::QuotePatch& patch(SymbolId id);
  // Fields that have changed after the version.
  protocol::QuoteFields changed_since(SymbolId id, std::int64_t version) const;
  std::size_t symbols() const { return entries_.size(); }
  std::int64_t version() const { return version_; }

 private:
  struct Entry {
    std::string symbol;
    protocol::Quote quote;
    std::array<std::int64_t, protocol::kQuoteFields> changed_at{};
    std::optional<protocol::QuotePatch> patch{};
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  std::unordered_map<std::string, SymbolId, TextHash, std::equal_to<>> ids_;
  std::vector<Entry> entries_;
  std::int64_t version_ = 0;
};

}  // namespace wsf::fanout
