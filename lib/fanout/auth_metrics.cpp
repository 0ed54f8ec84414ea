#include "fanout/auth_metrics.hpp"

#include "auth/key_store.hpp"

namespace wsf::fanout {
namespace {

template <class Get>
std::uint64_t sum(const std::vector<ShardCounters>& shards, Get get) {
  std::uint64_t total = 0;
  for (const ShardCounters& shard : shards) total += get(*shard.reception).value();
  return total;
}

}  // namespace

void append_auth_metrics(stats::Exposition& out, const std::vector<ShardCounters>& shards,
                         const auth::KeyStore* keys) {
  const auto accepted = [&](const char* kind, stats::Counter ReceptionCounters::*which) {
    out.sample({{"kind", kind}},
               sum(
                   shards, [&](const ReceptionCounters& one) -> const auto& { return one.*which; }));
  };
  out.family("wsfanout_credentials_accepted_total", "counter", "Clients let in, by what they came with");
  accepted("token", &ReceptionCounters::tokens_accepted);
  accepted("api_key", &ReceptionCounters::api_keys_accepted);
  out.family("wsfanout_credentials_refused_total", "counter", "Credentials not accepted, by cause");
  for (std::size_t i = 0; i < auth::kRefusals; ++i) {
    out.sample({{"cause", name(static_cast<auth::Refusal>(i))}},
               sum(
                   shards, [i](const ReceptionCounters& one) -> const auto& { return one.refusals[i]; }));
  }
  out.counter("wsfanout_tokens_renewed_total", "Tokens that a connected client replaced by a newer one",
              sum(
                  shards, [](const ReceptionCounters& one) -> const auto& { return one.tokens_renewed; }));
  out.counter("wsfanout_key_reloads_total", "Times that changed keys were taken over", keys ? keys->reloads() : 0);
  out.counter("wsfanout_key_failures_total", "Times that keys could not be read or fetched",
              keys ? keys->failures() : 0);
}

}  // namespace wsf::fanout
