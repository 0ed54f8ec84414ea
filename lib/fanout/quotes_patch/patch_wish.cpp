#include "fanout/quotes_patch/patch_wish.hpp"

#include "base/trimmed.hpp"
#include "ws/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wsf::fanout {
namespace {

// The items of all comma lists of this name; blanks around them and empty ones are left out.
std::vector<std::string> items(std::string_view query, std::string_view name) {
  std::vector<std::string> out;
  for (const std::string& list : ws::query_values(query, name)) {
    std::string_view rest = list;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      const std::string_view item = base::trimmed(rest.substr(0, end));
      if (!item.empty()) out.emplace_back(item);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return out;
}

}  // namespace

std::variant<ReadWish, ws::HttpReply> read_wish(std::string_view query, const QuoteBoard& board,
                                                std::size_t max_symbols) {
  ReadWish out;
  std::vector<SymbolId>& symbols = out.wish.symbols;
  for (std::string& symbol : items(query, "symbols")) {
    if (const auto id = board.find(symbol)) {
      symbols.push_back(*id);
    } else {
      out.unknown.push_back(std::move(symbol));
    }
  }
  std::ranges::sort(symbols);
  symbols.erase(std::ranges::unique(symbols).begin(), symbols.end());
  if (symbols.empty()) {
    return ws::plain_reply(
        400, out.unknown.empty() ? "no symbols: name them with ?symbols=AAPL,GOOGL" : "none of the symbols is known");
  }
  if (symbols.size() > max_symbols) return ws::plain_reply(400, fmt::format("more than {} symbols", max_symbols));
  protocol::QuoteFields fields;
  for (const std::string& name : items(query, "fields")) {
    const auto field = protocol::patch_field(name);
    if (!field) return ws::plain_reply(400, "fields are current_price, change, change_percent, last_updated");
    fields.add(*field);
  }
  if (!fields.empty()) out.wish.form.fields = fields;
  out.wish.form.compact = std::ranges::count(ws::query_values(query, "compact"), "1") > 0;
  return out;
}

}  // namespace wsf::fanout
