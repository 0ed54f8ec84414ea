#include "load/expectation.hpp"

#include "base/nearest.hpp"
#include "base/units.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>

namespace wsf::load {
namespace {

enum class Unit { milliseconds, percent, count, megabytes, megabytes_per_minute };

struct Named {
  std::string_view name;
  Metric metric;
  Unit unit;
};

constexpr std::array kMetrics = {
    Named{"p50", Metric::p50, Unit::milliseconds},
    Named{"p90", Metric::p90, Unit::milliseconds},
    Named{"p95", Metric::p95, Unit::milliseconds},
    Named{"p99", Metric::p99, Unit::milliseconds},
    Named{"max", Metric::max, Unit::milliseconds},
    Named{"connect_p50", Metric::connect_p50, Unit::milliseconds},
    Named{"connect_p99", Metric::connect_p99, Unit::milliseconds},
    Named{"connect_max", Metric::connect_max, Unit::milliseconds},
    Named{"reach", Metric::reach, Unit::percent},
    Named{"lost", Metric::lost, Unit::count},
    Named{"duplicates", Metric::duplicates, Unit::count},
    Named{"unexpected", Metric::unexpected, Unit::count},
    Named{"closed", Metric::closed, Unit::count},
    Named{"breaks", Metric::breaks, Unit::count},
    Named{"conflated", Metric::conflated, Unit::count},
    Named{"unequal", Metric::unequal, Unit::count},
    Named{"bandwidth", Metric::bandwidth, Unit::megabytes_per_minute},
    Named{"storm", Metric::storm, Unit::milliseconds},
    Named{"churn_errors", Metric::churn_errors, Unit::count},
    Named{"leaked", Metric::leaked, Unit::count},
    Named{"rss_growth", Metric::rss_growth, Unit::megabytes},
    Named{"rss", Metric::rss, Unit::megabytes},
    Named{"cpu", Metric::cpu, Unit::percent},
};

struct Operator {
  std::string_view text;
  Comparison comparison;
};

constexpr std::array kOperators = {
    // the longer ones first
    Operator{"<=", Comparison::at_most}, Operator{">=", Comparison::at_least}, Operator{"==", Comparison::equal},
    Operator{"<", Comparison::less},     Operator{">", Comparison::more},      Operator{"=", Comparison::equal},
};

base::Error bad(std::string_view text, std::string_view why) {
  return {fmt::format("bad expectation \"{}\": {} (like 'p95<100ms' or 'reach>=100%')", text, why)};
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

const Named* find_metric(std::string_view name) {
  for (const Named& known : kMetrics) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

Unit unit_of(Metric metric) {
  for (const Named& known : kMetrics) {
    if (known.metric == metric) return known.unit;
  }
  return Unit::count;
}

base::Result<double> parse_milliseconds(std::string_view value) {
  if (value.empty() || value.back() != 's') return base::Error{"a latency needs a unit, like 100ms or 0.2s"};
  const auto parsed = base::parse_duration(value);
  if (!parsed) return parsed.error();
  return std::chrono::duration<double, std::milli>(*parsed).count();
}

base::Result<double> parse_value(Unit unit, std::string_view value) {
  if (unit == Unit::milliseconds) return parse_milliseconds(value);
  if (unit == Unit::percent && value.ends_with('%')) value = trimmed(value.substr(0, value.size() - 1));
  if (unit == Unit::megabytes && value.ends_with("MB")) value = trimmed(value.substr(0, value.size() - 2));
  if (unit == Unit::megabytes_per_minute && value.ends_with("MB/min")) {
    value = trimmed(value.substr(0, value.size() - 6));
  }
  const auto parsed = base::parse_number(value);
  if (parsed && *parsed < 0) return base::Error{"the value must not be negative"};
  return parsed;
}

}  // namespace

bool Expectation::met_by(double measured) const {
  switch (comparison) {
    case Comparison::less:
      return measured < value;
    case Comparison::at_most:
      return measured <= value;
    case Comparison::equal:
      return std::abs(measured - value) <= 1e-9 * std::max(1.0, std::abs(value));
    case Comparison::at_least:
      return measured >= value;
    case Comparison::more:
      return measured > value;
  }
  return false;
}

base::Result<Expectation> parse_expectation(std::string_view text) {
  const std::size_t at = text.find_first_of("<>=");
  if (at == text.npos) return bad(text, "it needs one of < <= == >= >");
  const std::string_view name = trimmed(text.substr(0, at));
  const Named* metric = find_metric(name);
  if (metric == nullptr) {
    const auto meant = base::nearest(name, metric_names());
    return bad(text, meant ? fmt::format("unknown metric \"{}\", did you mean {}?", name, *meant)
                           : fmt::format("unknown metric \"{}\", one of {}", name, fmt::join(metric_names(), " ")));
  }
  Expectation out{std::string(text), metric->metric, Comparison::less, 0};
  std::string_view rest = text.substr(at);
  for (const Operator& op : kOperators) {
    if (!rest.starts_with(op.text)) continue;
    out.comparison = op.comparison;
    rest.remove_prefix(op.text.size());
    break;
  }
  const auto value = parse_value(metric->unit, trimmed(rest));
  if (!value) return bad(text, value.error().message);
  out.value = *value;
  return out;
}

std::vector<Expectation> default_expectations() {
  return {*parse_expectation("reach>=100%"), *parse_expectation("lost==0")};
}

std::string show(Metric metric, double value) {
  switch (unit_of(metric)) {
    case Unit::milliseconds:
      return fmt::format("{:.1f} ms", value);
    case Unit::percent:
      // Never rounded up to 100: "100 %" says that nothing is missing.
      return fmt::format("{:.6g} %", metric == Metric::reach ? std::floor(value * 1e4) / 1e4 : value);
    case Unit::megabytes:
      return fmt::format("{:.1f} MB", value);
    case Unit::megabytes_per_minute:
      return fmt::format("{:.2f} MB/min", value);
    case Unit::count:
      break;
  }
  return base::format_count(static_cast<std::uint64_t>(value));
}

const std::vector<std::string>& metric_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Named& known : kMetrics) out.emplace_back(known.name);
    return out;
  }();
  return names;
}

}  // namespace wsf::load
