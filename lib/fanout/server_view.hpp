#pragma once
// All that pages and metrics look at: the counters of each shard, the services, the state. Filled at start, before
// any thread asks; what it points to is written by others meanwhile, so any thread may look at any time.

#include "fanout/door/reception_counters.hpp"
#include "fanout/options.hpp"
#include "fanout/protocol_counters.hpp"
#include "fanout/server_state.hpp"
#include "fanout/service.hpp"
#include "fanout/stage_times.hpp"
#include "net/server_tls_store.hpp"
#include "ws/sessions.hpp"
#include "ws/tls_kernel.hpp"

#include <vector>

namespace wsf::fanout {

// The sum over shards of what each counts.
template <class Counters, class Of, class Metric>
auto sum(const std::vector<const Counters*>& shards, Metric Of::*which) {
  decltype((shards.front()->*which).value()) total = 0;
  for (const Counters* shard : shards) total += (shard->*which).value();
  return total;
}

struct ServerView {
  const Options& options;
  const ServerState& state;
  std::vector<const Service*> services{};

  const net::ServerTlsStore* certificate = nullptr;  // without TLS: none

  // One of each for a shard.
  std::vector<const ws::SessionCounters*> sessions{};
  std::vector<const ReceptionCounters*> reception{};
  std::vector<const StageTimes*> stages{};
  std::vector<const ws::TlsCounters*> tls{};         // without TLS: none
  std::vector<const ProtocolCounters*> protocols{};  // for a shard, one of each protocol

  Readiness readiness() const {
    if (state.draining) return Readiness::draining;
    Readiness worst = Readiness::ready;
    for (const Service* service : services) worst = std::min(worst, service->readiness());
    return worst;
  }
};

}  // namespace wsf::fanout
