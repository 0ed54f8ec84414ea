#include "wsclient/table_view.hpp"

#include "base/units.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/paint.hpp"
#include "wsclient/table_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace wsf::wsclient {
namespace {

constexpr std::size_t kGap = 2;  // between columns

std::string painted(const std::string& text, std::string_view paint, const Look& look) {
  if (!look.colour || paint.empty() || text.empty()) return text;
  return fmt::format("{}{}{}", paint, text, kReset);
}

// One column with all its cells.
struct Strip {
  ColumnRow about;
  std::vector<Cell> cells;
  std::size_t width;
};

std::vector<Strip> all_strips(const PriceTable& table, const Look& look, std::int64_t now_us) {
  std::vector<Strip> strips;
  for (const auto& about : columns_for(table.instrument())) {
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
  if (table.instrument() == Instrument::pair)
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
  const auto rest = fmt::format("{}: make the terminal taller",
                                counted(rows - shown, fmt::format("more {}", name_of(table.instrument()))));
  if (shown < rows)
    lines.push_back(painted(fit(rest, static_cast<std::size_t>(look.width), look.unicode), kDim, look));
  const auto last = fit(note, static_cast<std::size_t>(look.width), look.unicode);
  if (!note.empty()) lines.push_back(painted(last, kYellow, look));
  return lines;
}

}  // namespace wsf::wsclient
