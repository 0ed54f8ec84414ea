#include "fanout/fx_rates_metrics.hpp"

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

}  // namespace wsf::fanout
