#pragma once
// What a server of gRPC streams of quotes counts, as Prometheus families.

#include "grpc/quote_server.hpp"
#include "stats/exposition.hpp"

namespace wsf::fanout {

void append_stream_metrics(stats::Exposition& out, const grpc::QuoteServerCounters& counters);

}  // namespace wsf::fanout
