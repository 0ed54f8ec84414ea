#pragma once
// Tells those who asked for "status" when a pair becomes stale, by silence or for want of a feed, and when it is live
// again. One for each shard, used on its thread only.

#include "fanout/feeds/feed_state.hpp"
#include "fanout/fx_rates/counters.hpp"
#include "fanout/options.hpp"
#include "hub/staleness.hpp"
#include "hub/subscriptions.hpp"
#include "ws/sessions.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::fanout {

class Freshness {
 public:
  Freshness(const FxRatesOptions& options, const FeedState& state, const hub::Subscriptions& subscriptions,
            FxRatesCounters& counters);
  // From now on the server reads: a pair that was never seen is silent since then.
  void attach(ws::Sessions& sessions);

  // Before an update is broadcast: tells that its pair is live. The answer is when it came, by the sessions' clock;
  // one from before the start came when the log says.
  std::int64_t take(hub::KeyId key, const hub::Update& update, std::int64_t now_epoch_ms);

  // Tells what has changed since the last look. `at_head`: this shard has the log up to where it ended at the start.
  void look(bool at_head);

  void watch(hub::KeyId key);  // its first subscriber has come
  void unwatch(hub::KeyId key) { staleness_->unwatch(key); }

  // For one who begins to ask.
  void tell_if_stale(ws::Slot slot, hub::KeyId key);

 private:
  void tell_all(hub::KeyId key, std::string_view text);
  std::string stale_text(hub::KeyId key) const;

  const FxRatesOptions& options_;
  const FeedState& state_;
  const hub::Subscriptions& subscriptions_;
  FxRatesCounters& counters_;
  ws::Sessions* sessions_ = nullptr;
  std::int64_t began_ms_ = 0;
  std::optional<hub::Staleness> staleness_;  // from attach() on
};

}  // namespace wsf::fanout
