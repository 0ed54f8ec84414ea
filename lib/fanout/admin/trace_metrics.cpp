#include "fanout/admin/trace_metrics.hpp"

#include "trace/tracer.hpp"

namespace wsf::fanout {

void append_trace_metrics(stats::Exposition& out, const ServerView& server) {
  if (server.state.tracer == nullptr) return;
  const trace::SpanCounters& spans = server.state.tracer->counters();
  out.counter("wsfanout_spans_exported_total", "Spans that the collector has taken", spans.exported.load());
  out.family("wsfanout_spans_dropped_total", "counter", "Spans that no collector has taken, by cause");
  for (std::size_t i = 0; i < trace::kDroppedNames.size(); ++i) {
    out.sample({{"cause", trace::kDroppedNames[i]}}, spans.dropped[i].load());
  }
  out.counter("wsfanout_span_export_failures_total", "Posts to the collector that it did not take",
              spans.export_failures.load());
}

}  // namespace wsf::fanout
