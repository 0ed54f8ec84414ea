#pragma once
// Prometheus text exposition format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Serve it as kContentType.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::stats {

class BucketHistogram;
class Histogram;

class Exposition {
 public:
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;  // values may hold any UTF-8 text

  // Opens a family: all sample() calls up to the next family() belong to it. Each family once. `type` is "counter",
  // "gauge", "histogram", "summary" or "untyped". A name outside [a-zA-Z_:][a-zA-Z0-9_:]* is a bug and aborts.
  void family(std::string_view name, std::string_view type, std::string_view help);
  void sample(const Labels& labels, double value);
  void sample(double value) { sample({}, value); }
  void sample(const Labels& labels, std::uint64_t value);
  void sample(const Labels& labels, std::int64_t value);
  // With a suffix on the family's name: "_sum", "_count", "_bucket".
  void sample(std::string_view suffix, const Labels& labels, double value);

  // Family and its only sample, without labels.
  void counter(std::string_view name, std::string_view help, std::uint64_t value);
  void gauge(std::string_view name, std::string_view help, double value);
  // A summary with quantiles 0.5, 0.95, 0.99, _sum and _count; recorded values times `scale` (1e-6: µs as seconds).
  void summary(std::string_view name, std::string_view help, const Histogram& histogram, double scale);

  // One histogram of the open family, in seconds: the sum of these (of the same bounds), its _bucket, _sum and _count
  // lines.
  void histogram(const Labels& labels, const std::vector<const BucketHistogram*>& parts);

  std::string text() &&;
  const std::string& text() const& { return text_; }

 private:
  void line(std::string_view suffix, const Labels& labels, std::string_view value);

  std::string text_;
  std::string family_;
};

}  // namespace wsf::stats
