#pragma once
// The columns of the live table, and what stands in them. Pure; any thread.

#include "wsclient/price_table.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wsf::wsclient {

enum class Column { pair, rate, bid, ask, spread, change, told_change, told_percent, time, age, latency, trend };

struct ColumnRow {
  Column column;
  std::string_view title;
  std::size_t least;  // columns kept even while the contents are shorter, so that the table does not jump
  int rank;           // the highest goes first where the width is short
};

// Of pairs: bid and ask, and how the rate has changed since it was first seen here. Of securities: how the price has
// changed by the server's word, and when it was made.
std::span<const ColumnRow> columns_for(Instrument instrument);

struct Cell {
  std::string text;
  std::string_view paint;
};

// The trend's cell is empty: its text depends on the width that is left.
Cell cell(const PriceRow& row, Column column, std::int64_t now_us);

}  // namespace wsf::wsclient
