#pragma once
// fx-rates on one shard: what clients ask becomes subscriptions, what the feed brings becomes frames. Used on the
// shard's thread only.

#include "fanout/door/reception.hpp"
#include "fanout/fx_rates/counters.hpp"
#include "fanout/fx_rates/delivery.hpp"
#include "fanout/fx_rates/freshness.hpp"
#include "fanout/fx_rates/gaps.hpp"
#include "fanout/fx_rates/kept_sessions.hpp"
#include "fanout/fx_rates/log_budget.hpp"
#include "fanout/fx_rates/resumes.hpp"
#include "fanout/options.hpp"
#include "fanout/protocol.hpp"
#include "fanout/route.hpp"
#include "hub/subscriptions.hpp"
#include "protocol/fx_rates.hpp"
#include "ws/sessions.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wsf::fanout {

class FxRates final : public Protocol {
 public:
  // `kept`: nullptr where no subscriptions are kept.
  FxRates(const FxRatesOptions& options, const FeedState& feed, KeptSubscriptions* kept, Reception& reception,
          Route& route);

  void attach(ws::Sessions& sessions) override;
  const FxRatesCounters& counters() const override { return counters_; }

  std::optional<ws::HttpReply> refuse(const ws::HttpRequest& request, const auth::Grant* grant) override;

  void on_open(ws::Slot slot) override;
  void on_text(ws::Slot slot, std::string_view text) override;
  void on_close(ws::Slot slot) override;

  bool on_batch(const hub::SharedBatch& batch) override;
  void on_tick() override;
  void send_due() override { delivery_.send_due(); }
  std::optional<std::int64_t> next_due_ms() const override { return delivery_.next_due_ms(); }

 private:
  void broadcast(hub::KeyId key, const hub::Update& update, std::int64_t sent_ms);
  void log_subscription(ws::Slot slot, const std::vector<std::string>& pairs);
  void subscribe(ws::Slot slot, protocol::Command command);
  void subscribe_now(ws::Slot slot, protocol::Command command);
  std::vector<hub::KeyId> subscribe_pairs(ws::Slot slot, const protocol::Command& command);
  void send_snapshots(ws::Slot slot, const protocol::Command& command, const std::vector<Resumption>& resumptions);
  void serve_waiting();
  void restore(const KeptSessions::Returned& returned);
  void unsubscribe(ws::Slot slot, const protocol::Command& command);
  void send_snapshot(ws::Slot slot, std::string_view pair, const hub::Terms& terms);
  void send_error(ws::Slot slot, std::string_view text);
  void renew(ws::Slot slot, const protocol::Command& command);
  void drop_pair(ws::Slot slot, hub::KeyId key);
  void entitle(ws::Slot slot, protocol::Command& command) const;
  std::size_t max_subscriptions(ws::Slot slot) const;
  std::size_t new_pairs(ws::Slot slot, const std::vector<std::string>& pairs) const;

  const FxRatesOptions& options_;
  Reception& reception_;
  FxRatesCounters counters_;
  ws::Sessions* sessions_ = nullptr;
  hub::Subscriptions subscriptions_;
  Delivery delivery_;
  Resumes resumes_;
  Gaps gaps_;
  KeptSessions kept_;
  Freshness freshness_;
  LogBudget subscription_log_;
  std::string text_;  // scratch of frames
};

}  // namespace wsf::fanout
