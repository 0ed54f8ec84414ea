#include "stats/exposition.hpp"

#include "base/check.hpp"
#include "stats/bucket_histogram.hpp"
#include "stats/histogram.hpp"

#include <fmt/format.h>

#include <cmath>

namespace wsf::stats {
namespace {

constexpr double kUsPerSecond = 1e6;  // divided by, so that 100 us reads 0.0001

bool is_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
  };
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name)
    if (!allowed(c)) return false;
  return true;
}

void append_escaped(std::string& out, std::string_view text, bool in_quotes) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (in_quotes && c == '"') {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

}  // namespace

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  base::check(is_name(name), "a metric's name has only letters, digits, _ and :");
  family_ = name;
  text_ += fmt::format("# HELP {} ", name);
  append_escaped(text_, help, false);
  text_ += fmt::format("\n# TYPE {} {}\n", name, type);
}

void Exposition::line(std::string_view suffix, const Labels& labels, std::string_view value) {
  base::check(!family_.empty(), "a sample needs its family first");
  text_ += family_;
  text_ += suffix;
  char before = '{';
  for (const auto& [name, content] : labels) {
    base::check(is_name(name) && name.find(':') == name.npos, "a label's name has only letters, digits and _");
    text_ += before;
    text_ += name;
    text_ += "=\"";
    append_escaped(text_, content, true);
    text_ += '"';
    before = ',';
  }
  if (!labels.empty()) text_ += '}';
  text_ += ' ';
  text_ += value;
  text_ += '\n';
}

void Exposition::sample(const Labels& labels, double value) {
  line("", labels, number(value));
}
void Exposition::sample(const Labels& labels, std::uint64_t value) {
  line("", labels, std::to_string(value));
}
void Exposition::sample(const Labels& labels, std::int64_t value) {
  line("", labels, std::to_string(value));
}
void Exposition::sample(std::string_view suffix, const Labels& labels, double value) {
  line(suffix, labels, number(value));
}

void Exposition::counter(std::string_view name, std::string_view help, std::uint64_t value) {
  family(name, "counter", help);
  sample({}, value);
}

void Exposition::gauge(std::string_view name, std::string_view help, double value) {
  family(name, "gauge", help);
  sample({}, value);
}

void Exposition::summary(std::string_view name, std::string_view help, const Histogram& histogram, double scale) {
  family(name, "summary", help);
  for (const double q : {0.5, 0.95, 0.99})
    sample({{"quantile", number(q)}}, static_cast<double>(histogram.quantile(q)) * scale);
  line("_sum", {}, number(histogram.sum() * scale));
  line("_count", {}, std::to_string(histogram.count()));
}

void Exposition::histogram(const Labels& labels, const std::vector<const BucketHistogram*>& parts) {
  const auto total = [&](auto&& count_of) {
    std::uint64_t sum = 0;
    for (const BucketHistogram* part : parts) sum += count_of(*part);
    return sum;
  };
  const BucketHistogram::Bounds& bounds_us = parts.empty() ? BucketHistogram::kBoundsUs : parts.front()->bounds_us();
  Labels with_bound = labels;
  with_bound.emplace_back("le", "");
  std::uint64_t up_to = 0;
  for (std::size_t i = 0; i <= bounds_us.size(); ++i) {
    up_to += total([i](const BucketHistogram& part) { return part.count(i); });
    const bool bounded = i < bounds_us.size();
    const std::string bound = bounded ? number(static_cast<double>(bounds_us[i]) / kUsPerSecond) : "+Inf";
    with_bound.back().second = bound;
    line("_bucket", with_bound, std::to_string(up_to));
  }
  const std::uint64_t sum_us = total([](const BucketHistogram& part) { return part.sum_us(); });
  line("_sum", labels, number(static_cast<double>(sum_us) / kUsPerSecond));
  line("_count", labels, std::to_string(up_to));
}

std::string Exposition::text() && {
  return std::move(text_);
}

}  // namespace wsf::stats
