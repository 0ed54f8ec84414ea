#pragma once
// Where spans are recorded: a bounded spool, and the exporter that empties it. One for a process.

#include "trace/counters.hpp"
#include "trace/exporter.hpp"
#include "trace/options.hpp"
#include "trace/sampler.hpp"
#include "trace/span.hpp"
#include "trace/spool.hpp"

namespace wsf::trace {

class Tracer {
 public:
  // The options name a URL that check_url() takes.
  explicit Tracer(const Options& options);
  // With another way to the collector.
  Tracer(const Options& options, Exporter::Post post, const ExportTimes& times);
  // Posts what is left, for seconds at most (exporter.hpp).
  ~Tracer() = default;

  // Any thread. Only for spans that are sampled: it takes a mutex for moments, and drops the span where the spool is
  // full.
  void record(Span span);

  // One for each thread that records.
  Sampler new_sampler() const { return Sampler(ratio_); }

  const SpanCounters& counters() const { return counters_; }

 private:
  double ratio_;
  SpanCounters counters_;
  Spool spool_;
  Exporter exporter_;
};

}  // namespace wsf::trace
