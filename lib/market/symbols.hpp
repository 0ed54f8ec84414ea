#pragma once
// The securities of the made-up market: those that everybody knows, or a list of one's own. Pure but for the file;
// any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wsf::market {

struct Security {
  std::string symbol;     // base::is_symbol()
  double base_price = 0;  // what it closed at, so to speak: changes count from here
};

// About fifty, with prices as they may be.
const std::vector<Security>& well_known_securities();

// Lines of a symbol and its base price, between blanks or with a comma; # begins a comment. The error names the line.
base::Result<std::vector<Security>> parse_securities(std::string_view text);

}  // namespace wsf::market
