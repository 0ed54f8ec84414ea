#pragma once
// What the port answers to plain HTTP: health, readiness, metrics, version. Answers are made from counters that
// others write, so any shard's thread may ask at any time.

#include "fanout/fx_rates_counters.hpp"
#include "fanout/options.hpp"
#include "fanout/reception_counters.hpp"
#include "fanout/server_state.hpp"
#include "fanout/stage_times.hpp"
#include "ws/http_request.hpp"
#include "ws/sessions.hpp"

#include <cstdint>
#include <vector>

namespace wsf::auth {
class KeyStore;
}
namespace wsf::kafka {
class Consumer;
}

namespace wsf::fanout {

struct ShardCounters {
  const ws::SessionCounters* sessions;
  const ReceptionCounters* reception;
  const FxRatesCounters* fx_rates;
  const StageTimes* stages;
};

class Pages {
 public:
  Pages(const Options& options, const ServerState& state) : options_(options), state_(state) {}

  // At start, before any thread asks; all must outlive this.
  void add_shard(const ShardCounters& shard) { shards_.push_back(shard); }
  void set_consumer(const kafka::Consumer& consumer) { consumer_ = &consumer; }
  void set_keys(const auth::KeyStore& keys) { keys_ = &keys; }

  static bool serves(std::string_view path);  // one of ours: no protocol can have it
  ws::HttpReply answer(const ws::HttpRequest& request) const;

 private:
  ws::HttpReply health() const;
  ws::HttpReply ready() const;
  ws::HttpReply actuator_metric(std::string_view name) const;
  ws::HttpReply prometheus() const;

  const Options& options_;
  const ServerState& state_;
  std::vector<ShardCounters> shards_;
  const kafka::Consumer* consumer_ = nullptr;
  const auth::KeyStore* keys_ = nullptr;
};

}  // namespace wsf::fanout
