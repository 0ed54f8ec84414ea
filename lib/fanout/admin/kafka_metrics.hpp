#pragma once
// What the Kafka consumers of a server's services tell, as Prometheus families.

#include "fanout/server_view.hpp"
#include "stats/exposition.hpp"

namespace wsf::fanout {

void append_kafka_metrics(stats::Exposition& out, const ServerView& server);

}  // namespace wsf::fanout
