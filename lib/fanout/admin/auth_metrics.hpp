#pragma once
// Who was let in and who was not, as Prometheus families.

#include "fanout/server_view.hpp"
#include "stats/exposition.hpp"

namespace wsf::fanout {

void append_auth_metrics(stats::Exposition& out, const ServerView& server);

}  // namespace wsf::fanout
