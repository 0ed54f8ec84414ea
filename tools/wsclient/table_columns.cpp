#include "wsclient/table_columns.hpp"

#include "wsclient/line_text.hpp"
#include "wsclient/paint.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>

#include <array>

namespace wsf::wsclient {
namespace {

constexpr std::int64_t kOld_ms = 30'000;  // an age worth a look

constexpr std::array kOfPairs{
    ColumnRow{Column::pair, "PAIR", 6, 0},     ColumnRow{Column::rate, "RATE", 7, 0},
    ColumnRow{Column::bid, "BID", 7, 4},       ColumnRow{Column::ask, "ASK", 7, 4},
    ColumnRow{Column::spread, "SPREAD", 8, 5}, ColumnRow{Column::change, "CHANGE", 8, 2},
    ColumnRow{Column::age, "AGE", 6, 1},       ColumnRow{Column::latency, "LATENCY", 7, 3},
    ColumnRow{Column::trend, "", 6, 6},
};

constexpr std::array kOfSecurities{
    ColumnRow{Column::pair, "SYMBOL", 6, 0},
    ColumnRow{Column::rate, "PRICE", 8, 0},
    ColumnRow{Column::told_change, "CHANGE", 7, 3},
    ColumnRow{Column::told_percent, "CHANGE %", 8, 2},
    ColumnRow{Column::time, "TIME", 8, 4},
    ColumnRow{Column::age, "AGE", 6, 1},
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

// A change by the server's word.
Cell told_cell(const Price& price, std::string_view unit) {
  if (price.text.empty()) return {"-", {}};
  return {signed_text(price) + std::string(unit), direction(price.value)};
}

Cell time_cell(const RateUpdate& update) {
  constexpr std::size_t kToTheSecond = 8;
  return {update.event_ms ? local_time(*update.event_ms * 1000).substr(0, kToTheSecond) : "-", {}};
}

}  // namespace

std::span<const ColumnRow> columns_for(Instrument instrument) {
  if (instrument == Instrument::security) return kOfSecurities;
  return kOfPairs;
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
    case Column::told_change:
      return told_cell(row.last->change, "");
    case Column::told_percent:
      return told_cell(row.last->change_percent, " %");
    case Column::time:
      return time_cell(*row.last);
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

}  // namespace wsf::wsclient
