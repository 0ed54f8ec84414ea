#pragma once
// Holes that the log itself has, told to the sessions that watch their positions. One for each shard, used on its
// thread only.

#include "fanout/fx_rates/counters.hpp"
#include "fanout/fx_rates/delivery.hpp"
#include "hub/subscriptions.hpp"
#include "hub/update.hpp"
#include "ws/sessions.hpp"

#include <unordered_map>

namespace wsf::fanout {

class Gaps {
 public:
  Gaps(const hub::Subscriptions& subscriptions, Delivery& delivery, FxRatesCounters& counters)
      : subscriptions_(subscriptions), delivery_(delivery), counters_(counters) {}
  void attach(ws::Sessions& sessions) { sessions_ = &sessions; }

  // Each batch of the feed, before its updates. Records that were lost concern every pair whose last known position
  // is in that partition: any of them may have been among what was lost. Costs a walk over all keys.
  void begin(const hub::UpdateBatch& batch);
  // Each update, before it is broadcast and remembered. The feed itself may tell of a hole before it. And a log that
  // was made anew may begin with records that are read silently, so that no old price is told as news: the first
  // update after them does not follow what clients had.
  void before(hub::KeyId key, const hub::Update& update) {
    if (update.silent || update.hole_from || !told_.empty()) look_at(key, update);
  }

 private:
  void look_at(hub::KeyId key, const hub::Update& update);
  void tell(hub::KeyId key, const base::Position& from, const base::Position& to);

  const hub::Subscriptions& subscriptions_;
  Delivery& delivery_;
  FxRatesCounters& counters_;
  ws::Sessions* sessions_ = nullptr;
  bool at_head_ = false;
  // Keys that have been read silently since their log was made anew: the position that clients had of them.
  std::unordered_map<hub::KeyId, base::Position> told_;
};

}  // namespace wsf::fanout
