#pragma once
// A quote as a server of the protocol quotes sends it. Found by searching for its bytes: a generator that parsed JSON
// for each delivery would measure itself.

#include "load/quote_values.hpp"

#include <optional>
#include <string_view>

namespace wsf::load {

struct QuoteMessage {
  std::string_view symbol;  // into the text
  QuoteValues values;       // those that it has
};

// std::nullopt: it has no symbol, or a member that should be a number or a time is none. About 150 ns.
std::optional<QuoteMessage> read_quote(std::string_view text);

}  // namespace wsf::load
