#include "wsclient/table_view.hpp"

#include "base/units.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace wsf::wsclient {
namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kYellow = "\x1b[33m";

constexpr std::size_t kGap = 2;           // between columns
constexpr std::int64_t kOld_ms = 30'000;  // an age worth a look

std::string painted(const std::string& text, std::string_view paint, const Look& look) {
  if (!look.colour || paint.empty() || text.empty()) return text;
  return fmt::format("{}{}{}", paint, text, kReset);
}

struct Cell {
  std::string text;
  std::string_view paint;
};

enum class Column { pair, rate, bid, ask, spread, change, age, latency, trend };

struct ColumnRow {
  Column column;
  std::string_view title;
  std::size_t least;  // columns kept even while the contents are shorter, so that the table does not jump
  int rank;           // the highest goes first where the width is short
};

constexpr std::array kColumns{
    ColumnRow{Column::pair, "PAIR", 6, 0},     ColumnRow{Column::rate, "RATE", 7, 0},
    ColumnRow{Column::bid, "BID", 7, 4},       ColumnRow{Column::ask, "ASK", 7, 4},
    ColumnRow{Column::spread, "SPREAD", 8, 5}, ColumnRow{Column::change, "CHANGE", 8, 2},
    ColumnRow{Column::age, "AGE", 6, 1},       ColumnRow{Column::latency, "LATENCY", 7, 3},
    ColumnRow{Column::trend, "", 6, 6},
};

std::string_view direction(double value) {
  return value > 0 ? kGreen : value < 0 ? kRed : std::string_view{};
}

Cell price_cell(const Price& price, int decimals, std::string_view paint = {}) {
  if (price.text.empty()) return {"-", {}};
  return {fmt::format("{:.{}f}", price.value, decimals), paint};
}

Cell change_cell(const PriceRow& row) {
  const auto change = row.change_percent();
  if (!change) return {"-", {}};
  const auto text = fmt::format("{:+.2f} %", *change);
  return {text, text == "+0.00 %" || text == "-0.00 %" ? std::string_view{} : direction(*change)};
}

Cell pair_cell(const PriceRow& row) {
  if (row.gaps == 0) return {row.pair, kBold};
  return {fmt::format("{} !", row.pair), kYellow};
}

Cell cell(const PriceRow& row, Column column, std::int64_t now_us) {
  if (column == Column::pair) return pair_cell(row);
  if (!row.last) return {column == Column::trend ? "" : "-", {}};
  switch (column) {
    case Column::rate:
      return price_cell(row.last->rate, row.decimals, direction(row.move));
    case Column::bid:
      return price_cell(row.last->bid, row.decimals);
    case Column::ask:
      return price_cell(row.last->ask, row.decimals);
    case Column::spread: {
      const auto pips = row.spread_pips();
      return {pips ? fmt::format("{:.1f} pip", *pips) : "-", {}};
    }
    case Column::change:
      return change_cell(row);
    case Column::age: {
      const auto age_ms = row.age_ms(now_us);
      if (row.stale) return {fmt::format("stale {}", age_text(age_ms)), kYellow};
      return {age_text(age_ms), age_ms > kOld_ms ? kYellow : std::string_view{}};
    }
    case Column::latency:
      return {row.latency_us ? coarse_latency_text(*row.latency_us) : "-", {}};
    default:
      return {};
  }
}

// One column with all its cells.
struct Strip {
  ColumnRow about;
  std::vector<Cell> cells;
  std::size_t width;
};

std::vector<Strip> all_strips(const PriceTable& table, const Look& look, std::int64_t now_us) {
  std::vector<Strip> strips;
  for (const auto& about : kColumns) {
    if (about.column == Column::trend && !look.unicode) continue;
    Strip strip{about, {}, std::max(about.least, about.title.size())};
    for (const auto& row : table.rows()) {
      strip.cells.push_back(cell(row, about.column, now_us));
      strip.width = std::max(strip.width, columns_of(strip.cells.back().text));
    }
    strips.push_back(std::move(strip));
  }
  return strips;
}

std::size_t total_width(const std::vector<Strip>& strips) {
  std::size_t total = kGap * (strips.size() - 1);
  for (const auto& strip : strips) total += strip.width;
  return total;
}

// Leaves out what does not fit, least important first, and gives what is left to the trend.
void fit_strips(std::vector<Strip>& strips, const PriceTable& table, std::size_t width) {
  while (total_width(strips) > width) {
    const auto least = std::ranges::max_element(strips, {}, [](const Strip& s) { return s.about.rank; });
    const int rank = least->about.rank;
    if (rank == 0) break;
    std::erase_if(strips, [rank](const Strip& s) { return s.about.rank == rank; });
  }
  if (strips.back().about.column != Column::trend) return;
  auto& trend = strips.back();
  trend.width = std::min(trend.width + width - total_width(strips), kTrendPoints);
  for (std::size_t i = 0; i < trend.cells.size(); ++i)
    trend.cells[i].text = sparkline(table.rows()[i].trend, trend.width);
}

std::string aligned(const Strip& strip, const Cell& content, const Look& look) {
  const auto text = fit(content.text, strip.width, look.unicode);
  const std::string space(strip.width - columns_of(text), ' ');
  const bool left = strip.about.column == Column::pair || strip.about.column == Column::trend;
  return left ? painted(text, content.paint, look) + space : space + painted(text, content.paint, look);
}

template <class CellOf>
std::string joined(const std::vector<Strip>& strips, const Look& look, CellOf cell_of) {
  std::string line;
  for (const auto& strip : strips) {
    if (!line.empty()) line.append(kGap, ' ');
    line += aligned(strip, cell_of(strip), look);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::vector<std::string> header_items(const PriceTable& table, const LinkFigures& link) {
  std::vector<std::string> items{link.url, link.state, counted(table.updates(), "update")};
  if (auto latency = latency_quantiles(table.latency()); !latency.empty()) items.push_back(std::move(latency));
  const auto& check = table.check();
  if (check.conflated() > 0) items.push_back(fmt::format("conflated {}", base::format_count(check.conflated())));
  items.push_back(check.checked() > 0 ? fmt::format("gaps {}", check.gaps()) : "gaps -");
  items.push_back(fmt::format("reconnects {}", link.reconnects));
  return items;
}

}  // namespace

std::vector<std::string> header_lines(const PriceTable& table, const LinkFigures& link, const Look& look) {
  const std::string_view separator = look.unicode ? " · " : " | ";
  const auto width = static_cast<std::size_t>(look.width);
  std::vector<std::string> lines(1);
  for (const auto& item : header_items(table, link)) {
    auto& line = lines.back();
    const auto text = fit(item, width, look.unicode);
    if (line.empty())
      line = text;
    else if (columns_of(line) + 3 + columns_of(text) <= width)
      line.append(separator).append(text);
    else
      lines.push_back(text);
  }
  for (auto& line : lines) line = painted(line, link.up ? kDim : kYellow, look);
  return lines;
}

std::vector<std::string> table_lines(const PriceTable& table, const LinkFigures& link, const std::string& note,
                                     const Look& look, std::int64_t now_us) {
  auto lines = header_lines(table, link, look);
  auto strips = all_strips(table, look, now_us);
  fit_strips(strips, table, static_cast<std::size_t>(look.width));
  lines.push_back(joined(strips, look, [](const Strip& strip) {
    return Cell{std::string(strip.about.title), kBold};
  }));
  const auto rows = table.rows().size();
  const auto taken = lines.size() + (note.empty() ? 0u : 1u) + 1u;  // the last line of a terminal stays free
  const auto room = static_cast<std::size_t>(look.height) > taken ? static_cast<std::size_t>(look.height) - taken : 1;
  const auto shown = rows <= room ? rows : room - 1;
  for (std::size_t i = 0; i < shown; ++i)
    lines.push_back(joined(strips, look, [i](const Strip& strip) { return strip.cells[i]; }));
  const auto rest = fmt::format("{}: make the terminal taller", counted(rows - shown, "more pair"));
  if (shown < rows)
    lines.push_back(painted(fit(rest, static_cast<std::size_t>(look.width), look.unicode), kDim, look));
  const auto last = fit(note, static_cast<std::size_t>(look.width), look.unicode);
  if (!note.empty()) lines.push_back(painted(last, kYellow, look));
  return lines;
}

}  // namespace wsf::wsclient
