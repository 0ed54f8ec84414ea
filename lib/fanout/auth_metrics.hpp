#pragma once
// Who was let in and who was not, as Prometheus families.

#include "fanout/pages.hpp"
#include "stats/exposition.hpp"

#include <vector>

namespace wsf::fanout {

// `keys` may be null.
void append_auth_metrics(stats::Exposition& out, const std::vector<ShardCounters>& shards,
                         const auth::KeyStore* keys);

}  // namespace wsf::fanout
