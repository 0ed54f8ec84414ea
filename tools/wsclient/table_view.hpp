#pragma once
// The live table as lines of text, made to fit. Pure; any thread.

#include "wsclient/price_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace wsf::wsclient {

struct Look {
  int width = 80;  // columns; no line is longer, from 16 on
  int height = 24;
  bool colour = false;
  bool unicode = true;  // else ASCII alone, and no sparklines
};

struct LinkFigures {
  std::string url;
  std::string state;  // "connected 1m12s", "reconnecting in 3 s (closed by the server: 1012 service restart)"
  bool up = false;
  std::uint64_t reconnects = 0;
};

// The line of figures, split at its items into as many lines as the width needs.
std::vector<std::string> header_lines(const PriceTable& table, const LinkFigures& link, const Look& look);

// Header, a row for each pair, and `note` (the server's last complaint, or "") below. Where the width does not hold
// all columns, the least important are left out: trend first, the rate never. Where the height does not hold all
// rows, the last line counts the rest.
std::vector<std::string> table_lines(const PriceTable& table, const LinkFigures& link, const std::string& note,
                                     const Look& look, std::int64_t now_us);

}  // namespace wsf::wsclient
