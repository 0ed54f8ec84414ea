#include "load/comparison.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace wsf::load {
namespace {

using Json = nlohmann::json;

struct Row {
  const char* name;
  const char* path;  // in the result, as a JSON pointer
  const char* unit;
  double scale;  // from the result's unit to the shown one
  bool more_is_better;
  double smallest;  // a difference that means anything, in the shown unit
};

constexpr std::array kRows = {
    Row{"reach", "/deliveries/reach_percent", "%", 1, true, 0.001},
    Row{"lost", "/deliveries/lost", "", 1, false, 0},
    Row{"what was for others", "/deliveries/unexpected", "", 1, false, 0},
    Row{"breaks of chains", "/chains/breaks", "", 1, false, 0},
    Row{"documents not the server's", "/documents/unequal", "", 1, false, 0},
    Row{"closed by the server", "/connections/closed", "", 1, false, 0},
    Row{"not connected", "/connections/failed", "", 1, false, 0},
    Row{"latency p50", "/latency/p50_ms", "ms", 1, false, 0.5},
    Row{"latency p95", "/latency/p95_ms", "ms", 1, false, 0.5},
    Row{"latency p99", "/latency/p99_ms", "ms", 1, false, 0.5},
    Row{"connect p99", "/connections/connect/p99_ms", "ms", 1, false, 0.5},
    Row{"storm, until all are back", "/storm/back_s", "s", 1, false, 0.1},
    Row{"churn, failed", "/churn/failed", "", 1, false, 0},
    Row{"churn, connect p99", "/churn/connect/p99_ms", "ms", 1, false, 0.5},
    Row{"bandwidth", "/bandwidth_mb_per_min", "MB/min", 1, false, 0.1},
    Row{"server's memory, most", "/server/rss_max_bytes", "MB", 1e-6, false, 1},
    Row{"server's CPU", "/server/window_cpu_share", "% of a core", 100, false, 1},
};

std::optional<Json> parse(std::string_view text) {
  Json out = Json::parse(text, nullptr, false);
  const bool result = out.is_object() && out.contains("verdict") && out.contains("latency");
  return result ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<double> value_at(const Json& result, const Row& row) {
  const Json::json_pointer at(row.path);
  if (!result.contains(at) || !result.at(at).is_number()) return std::nullopt;
  return result.at(at).get<double>() * row.scale;
}

Compared::Change judge(const Compared& values, const Row& row, double tolerance) {
  using Change = Compared::Change;
  if (!values.before || !values.after) return Change::unknown;
  const double moved = *values.after - *values.before;
  const bool much = std::abs(moved) > row.smallest && std::abs(moved) > tolerance * std::abs(*values.before);
  if (!much) return Change::same;
  return (moved > 0) == row.more_is_better ? Change::better : Change::worse;
}

std::string shown(const std::optional<double>& value, std::string_view unit) {
  if (!value) return "-";
  return unit.empty() ? fmt::format("{:.0f}", *value) : fmt::format("{:.{}f}", *value, *value < 1000 ? 1 : 0);
}

std::string_view word(Compared::Change change) {
  switch (change) {
    case Compared::Change::better:
      return "better";
    case Compared::Change::worse:
      return "worse";
    case Compared::Change::same:
    case Compared::Change::unknown:
      break;
  }
  return "";
}

}  // namespace

std::optional<double> Compared::percent() const {
  if (!before || !after || *before == 0) return std::nullopt;
  return (*after - *before) / *before * 100;
}

base::Result<std::vector<Compared>> compare_results(std::string_view before_json, std::string_view after_json,
                                                    double tolerance) {
  const auto before = parse(before_json), after = parse(after_json);
  if (!before) return base::Error{"the first file is no result of wsload --json"};
  if (!after) return base::Error{"the second file is no result of wsload --json"};
  const auto of = [](const Json& result) { return result.value("protocol", "fx-rates"); };
  if (of(*before) != of(*after)) {
    return base::Error{fmt::format("the first result is of {}, the second of {}", of(*before), of(*after))};
  }
  std::vector<Compared> out;
  for (const Row& row : kRows) {
    Compared one{row.name, row.unit, value_at(*before, row), value_at(*after, row), Compared::Change::unknown};
    if (!one.before && !one.after) continue;
    one.change = judge(one, row, tolerance);
    out.push_back(std::move(one));
  }
  return out;
}

bool any_worse(const std::vector<Compared>& rows) {
  return std::any_of(rows.begin(), rows.end(),
                     [](const Compared& row) { return row.change == Compared::Change::worse; });
}

std::string comparison_text(const std::vector<Compared>& rows, bool colour) {
  std::string out = fmt::format("{:<36}{:>11}{:>11}{:>12}\n", "", "before", "after", "change");
  for (const Compared& row : rows) {
    const auto percent = row.percent();
    std::string line = fmt::format(
        "{:<36}{:>11}{:>11}{:>12}", row.unit.empty() ? row.name : row.name + ", " + row.unit,
        shown(row.before, row.unit), shown(row.after, row.unit), percent ? fmt::format("{:+.1f} %", *percent) : "");
    const std::string_view told = word(row.change);
    const char* code = row.change == Compared::Change::worse ? "31" : "32";
    if (!told.empty()) line += colour ? fmt::format("  \x1b[{}m{}\x1b[0m", code, told) : fmt::format("  {}", told);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace wsf::load
