#include "wsclient/line_text.hpp"

#include "base/units.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace wsf::wsclient {
namespace {

constexpr std::array<std::string_view, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

constexpr std::size_t kMaxListColumns = 6 * 10 + 9;  // ten pairs
constexpr int kLeastDecimals = 2;                    // of a change

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues_character(c); }));
}

std::string fit(std::string_view text, std::size_t columns, bool unicode) {
  std::string result;
  std::size_t used = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool ascii = byte < 0x80;
    if (!continues_character(c) && used++ == columns) break;
    if (byte < 0x20 || byte == 0x7f)
      result += '?';
    else if (ascii || unicode)
      result += c;
    else if (!continues_character(c))
      result += '?';
  }
  return result;
}

std::string sparkline(const std::deque<double>& values, std::size_t columns) {
  const auto count = std::min(values.size(), columns);
  const auto first = values.end() - static_cast<std::ptrdiff_t>(count);
  if (count == 0) return {};
  const auto [low, high] = std::minmax_element(first, values.end());
  std::string line;
  for (auto value = first; value != values.end(); ++value) {
    const double share = *high > *low ? (*value - *low) / (*high - *low) : 0;
    line += kBlocks[std::min<std::size_t>(static_cast<std::size_t>(share * 8), 7)];
  }
  return line;
}

std::string counted(std::uint64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", base::format_count(count), thing, count == 1 ? "" : "s");
}

std::string pairs_text(const std::vector<std::string>& pairs, Instrument instrument) {
  const auto list = fmt::format("{}", fmt::join(pairs, " "));
  const auto shown = fit(list, kMaxListColumns, true);
  return fmt::format("{}: {}{}", counted(pairs.size(), name_of(instrument)), shown,
                     shown.size() < list.size() ? "..." : "");
}

std::string signed_text(const Price& price) {
  return fmt::format("{:+.{}f}", price.value, std::max(price.decimals(), kLeastDecimals));
}

std::string update_line(const RateUpdate& update, std::string_view clock, std::int64_t now_us) {
  std::string line = clock.empty() ? "" : fmt::format("{} ", clock);
  line += fmt::format("{} {}", update.pair, update.rate.text.empty() ? "-" : update.rate.text);
  if (!update.bid.text.empty()) line += fmt::format(" bid {}", update.bid.text);
  if (!update.ask.text.empty()) line += fmt::format(" ask {}", update.ask.text);
  if (!update.change.text.empty()) line += ' ' + signed_text(update.change);
  if (!update.change_percent.text.empty()) line += fmt::format(" ({} %)", signed_text(update.change_percent));
  if (const auto latency = latency_us(update, now_us)) line += fmt::format(" {}", coarse_latency_text(*latency));
  if (update.snapshot) line += " (last known)";
  return line;
}

std::string latency_quantiles(const stats::Histogram& latency_us) {
  if (latency_us.count() == 0) return {};
  const auto quantile = [&](double q) {
    return coarse_latency_text(static_cast<std::int64_t>(latency_us.quantile(q)));
  };
  return fmt::format("p50 {} p99 {}", quantile(0.5), quantile(0.99));
}

std::string latency_range(const stats::Histogram& latency_us) {
  if (latency_us.count() == 0) return {};
  return fmt::format("{} max {}", latency_quantiles(latency_us),
                     coarse_latency_text(static_cast<std::int64_t>(latency_us.max())));
}

std::string summary_line(const PriceTable& table, std::int64_t elapsed_ms, std::uint64_t reconnects) {
  auto line = fmt::format("{} of {} in {}", counted(table.updates(), "update"),
                          counted(table.rows().size(), name_of(table.instrument())), elapsed_text(elapsed_ms));
  if (table.latency().count() > 0) line += ", " + latency_range(table.latency());
  const auto& check = table.check();
  if (check.conflated() > 0) line += fmt::format(", conflated {}", base::format_count(check.conflated()));
  if (check.checked() > 0) line += fmt::format(", gaps {}", check.gaps());
  return line + fmt::format(", reconnects {}", reconnects);
}

}  // namespace wsf::wsclient
