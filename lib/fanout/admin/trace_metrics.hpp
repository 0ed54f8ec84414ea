#pragma once
// What became of spans, as Prometheus families.

#include "fanout/server_view.hpp"
#include "stats/exposition.hpp"

namespace wsf::fanout {

// Nothing where nothing is traced.
void append_trace_metrics(stats::Exposition& out, const ServerView& server);

}  // namespace wsf::fanout
