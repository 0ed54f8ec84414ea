#pragma once
// What a client of quotes-patch asks for in its request: ?symbols=AAPL,GOOGL&fields=current_price&compact=1. Pure.

#include "fanout/quotes_patch/quote_board.hpp"
#include "protocol/quotes_patch.hpp"
#include "ws/http_request.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wsf::fanout {

struct PatchWish {
  std::vector<SymbolId> symbols;  // sorted, each once
  protocol::PatchForm form;
};

struct ReadWish {
  PatchWish wish;
  std::vector<std::string> unknown;  // symbols that are left out
};

// The reply (400) of a request that cannot be granted: no known symbol, too many, or an unknown field.
std::variant<ReadWish, ws::HttpReply> read_wish(std::string_view query, const QuoteBoard& board,
                                                std::size_t max_symbols);

}  // namespace wsf::fanout
