#include "fanout/admin/auth_metrics.hpp"

#include "auth/key_store.hpp"

#include <set>

namespace wsf::fanout {
namespace {

// Protocols may share one.
std::set<const auth::KeyStore*> key_stores(const ServerView& server) {
  std::set<const auth::KeyStore*> found;
  for (const Service* service : server.services) {
    if (service->route().keys != nullptr) found.insert(service->route().keys);
  }
  return found;
}

}  // namespace

void append_auth_metrics(stats::Exposition& out, const ServerView& server) {
  using R = ReceptionCounters;
  out.family("wsfanout_credentials_accepted_total", "counter", "Clients let in, by what they came with");
  out.sample({{"kind", "token"}}, sum(server.reception, &R::tokens_accepted));
  out.sample({{"kind", "api_key"}}, sum(server.reception, &R::api_keys_accepted));
  out.family("wsfanout_credentials_refused_total", "counter", "Credentials not accepted, by cause");
  for (std::size_t i = 0; i < auth::kRefusals; ++i) {
    std::uint64_t total = 0;
    for (const R* shard : server.reception) total += shard->refusals[i].value();
    out.sample({{"cause", name(static_cast<auth::Refusal>(i))}}, total);
  }
  out.counter("wsfanout_tokens_renewed_total", "Tokens that a connected client replaced by a newer one",
              sum(server.reception, &R::tokens_renewed));
  std::uint64_t reloads = 0;
  std::uint64_t failures = 0;
  for (const auth::KeyStore* keys : key_stores(server)) {
    reloads += keys->reloads();
    failures += keys->failures();
  }
  out.counter("wsfanout_key_reloads_total", "Times that changed keys were taken over", reloads);
  out.counter("wsfanout_key_failures_total", "Times that keys could not be read or fetched", failures);
}

}  // namespace wsf::fanout
