#pragma once
// TLS on the clients' port as Prometheus families.

#include "fanout/server_view.hpp"
#include "stats/exposition.hpp"

namespace wsf::fanout {

// Without TLS all stand at 0.
void append_tls_metrics(stats::Exposition& out, const ServerView& server);

}  // namespace wsf::fanout
