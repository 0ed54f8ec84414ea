#include "fanout/fx_rates/metrics.hpp"

#include "fanout/fx_rates/kept_subscriptions.hpp"
#include "fanout/relay/relay.hpp"
#include "fanout/relay/relayed_feed.hpp"
#include "fanout/server_view.hpp"

#include <algorithm>

namespace wsf::fanout {

void append_fx_rates_metrics(stats::Exposition& out, const std::vector<const FxRatesCounters*>& shards) {
  using F = FxRatesCounters;
  const auto gauge = [&](auto name, auto help, auto which) {
    out.gauge(name, help, static_cast<double>(sum(shards, which)));
  };
  const auto counter = [&](auto name, auto help, auto which) { out.counter(name, help, sum(shards, which)); };
  // Each shard holds the same batches: one shard's word is the truth of all.
  const F* any = shards.empty() ? nullptr : shards.front();
  out.gauge("wsfanout_history_updates", "Events that clients can resume from",
            any == nullptr ? 0 : static_cast<double>(any->history_updates.value()));
  out.gauge("wsfanout_history_bytes", "Memory of these events",
            any == nullptr ? 0 : static_cast<double>(any->history_bytes.value()));
  gauge("wsfanout_stale_pairs", "Subscribed pairs that are silent for too long or without a feed, summed over shards",
        &F::stale_pairs);
  std::int64_t oldest_ms = 0;
  for (const F* shard : shards) oldest_ms = std::max(oldest_ms, shard->oldest_pair_age_ms.value());
  out.gauge("wsfanout_oldest_pair_age_seconds",
            "Time since the last event of the subscribed pair that has been silent longest, renewed each second",
            static_cast<double>(oldest_ms) / 1e3);
  counter("wsfanout_resumes_recovered_total", "Pairs resumed with all that was missed", &F::recovered);
  counter("wsfanout_resumes_gap_total", "Pairs resumed with a gap and a snapshot", &F::gaps);
  counter("wsfanout_gaps_told_total", "Gaps told to sessions because the log lost events", &F::gaps_told);
  gauge("wsfanout_held_updates", "Updates that wait for their client's maxRateHz, at most one for each subscription",
        &F::held_updates);
  counter("wsfanout_updates_left_out_by_rate_total", "Updates superseded while maxRateHz held them back",
          &F::left_out_by_rate);
}

void append_kept_metrics(stats::Exposition& out, const KeptCounters& counters) {
  out.family("wsfanout_session_recalls_total", "counter", "Clients that asked for the pairs of an earlier session");
  out.sample({{"result", "found"}}, counters.recalled);
  out.sample({{"result", "unknown"}}, counters.unknown);
  out.counter("wsfanout_kept_subscriptions_failures_total",
              "Reads and writes of kept subscriptions that Redis refused, or did not answer", counters.failures);
}

void append_relay_metrics(stats::Exposition& out, const Relay& relay) {
  const RelayCounters counters = relay.counters();
  out.gauge("wsfanout_relay_connected", "1 when the Redis that events are relayed to answers", relay.up() ? 1 : 0);
  out.gauge("wsfanout_relay_waiting", "Events that are to be relayed now", static_cast<double>(counters.waiting));
  out.counter("wsfanout_relay_published_total", "Events that Redis took", counters.published);
  out.counter("wsfanout_relay_restated_total", "Newest events of a pair, relayed again", counters.restated);
  out.counter("wsfanout_relay_left_out_total", "Events superseded before they could be relayed", counters.left_out);
  out.counter("wsfanout_relay_failures_total", "Commands that Redis refused, or did not answer", counters.failed);
}

void append_relayed_feed_metrics(stats::Exposition& out, const RelayedFeed& feed) {
  const RelayedFeedCounters& counters = feed.counters();
  out.gauge("wsfanout_relayed_connected", "1 when the channel of a relay is joined", feed.redis_up() ? 1 : 0);
  out.gauge("wsfanout_relayed_heard", "1 when a relay has been heard within 5 s", feed.relay_heard() ? 1 : 0);
  out.counter("wsfanout_relayed_pulses_total", "Signs of life of relays", counters.pulses.value());
  out.counter("wsfanout_relayed_duplicates_total", "Events that had come before", counters.duplicates.value());
  out.counter("wsfanout_relayed_holes_total", "Events before which others are missing", counters.holes.value());
}

}  // namespace wsf::fanout
