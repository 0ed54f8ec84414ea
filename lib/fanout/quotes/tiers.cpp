#include "fanout/quotes/tiers.hpp"

#include "base/identifier.hpp"

#include <algorithm>

namespace wsf::fanout {

base::Result<QuoteTiers> QuoteTiers::parse(const std::vector<std::string>& lists) {
  QuoteTiers tiers;
  for (const std::string& text : lists) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return base::Error{"\"" + text + "\" is no list of a tier (try basic=AAPL,MSFT or premium=*)"};
    }
    List& list = tiers.lists_[text.substr(0, equals)];
    std::string_view rest = std::string_view(text).substr(equals + 1);
    while (true) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      const std::string_view symbol = rest.substr(0, end);
      if (symbol != "*" && !base::is_symbol(symbol)) {
        return base::Error{"\"" + std::string(symbol) + "\" of " + text.substr(0, equals) +
                           " is no symbol (1 to 15 of A-Z 0-9 . -, or * for all)"};
      }
      if (symbol == "*") {
        list.all = true;
      } else {
        list.symbols.emplace(symbol);
      }
      if (end == rest.size()) break;
      rest.remove_prefix(end + 1);
    }
  }
  return tiers;
}

bool QuoteTiers::allows(std::string_view tier, std::string_view symbol) const {
  if (lists_.empty()) return true;
  auto list = lists_.find(tier);
  if (list == lists_.end()) list = lists_.find(kDefault);
  return list != lists_.end() && (list->second.all || list->second.symbols.contains(symbol));
}

}  // namespace wsf::fanout
