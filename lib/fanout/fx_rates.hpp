#pragma once
// fx-rates on one shard: what clients ask becomes subscriptions, what the feed brings becomes frames. Used on the
// shard's thread only.

#include "fanout/delivery.hpp"
#include "fanout/freshness.hpp"
#include "fanout/fx_rates_counters.hpp"
#include "fanout/gaps.hpp"
#include "fanout/log_budget.hpp"
#include "fanout/options.hpp"
#include "fanout/pages.hpp"
#include "fanout/resumes.hpp"
#include "fanout/server_state.hpp"
#include "hub/subscriptions.hpp"
#include "protocol/fx_rates.hpp"
#include "ws/sessions.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wsf::fanout {

class FxRates final : public ws::Application {
 public:
  static constexpr std::int64_t kErrorWindowMs = 10'000;

  FxRates(const Options& options, ServerState& state, const Pages& pages);

  // Before the first call of anything else; both stay with each other for life.
  void attach(ws::Sessions& sessions);

  // Queues every update of the batch to whom it concerns. The caller flushes. False: it concerns nobody.
  bool on_batch(const hub::SharedBatch& batch);
  // Now and then, so that what is too old is told, or forgotten, in a silent feed as well.
  void on_tick();
  // Queues held-back updates whose time has come, in each round; and when the next one's will have.
  void send_due() { delivery_.send_due(); }
  std::optional<std::int64_t> next_due_ms() const { return delivery_.next_due_ms(); }

  ws::RequestAnswer on_request(const ws::HttpRequest& request) override;
  void on_open(ws::Slot slot) override;
  void on_text(ws::Slot slot, std::string_view text) override;
  void on_binary(ws::Slot slot, std::string_view bytes) override;
  void on_close(ws::Slot slot, std::uint16_t code, bool by_peer) override;

  const FxRatesCounters& counters() const { return counters_; }

 private:
  struct Client {
    boost::uuids::uuid id{};
    bool admitted = false;
    std::uint32_t errors = 0;
    std::int64_t errors_since_ms = 0;
  };

  void broadcast(hub::KeyId key, const hub::Update& update, std::int64_t sent_ms);
  void log_subscription(ws::Slot slot, const std::vector<std::string>& pairs);
  void subscribe(ws::Slot slot, const protocol::Command& command);
  void subscribe_now(ws::Slot slot, const protocol::Command& command);
  std::vector<hub::KeyId> subscribe_pairs(ws::Slot slot, const protocol::Command& command);
  void send_snapshots(ws::Slot slot, const protocol::Command& command, const std::vector<Resumption>& resumptions);
  void serve_waiting();
  void unsubscribe(ws::Slot slot, const protocol::Command& command);
  void send_snapshot(ws::Slot slot, std::string_view pair, const hub::Terms& terms);
  void send_error(ws::Slot slot, std::string_view text);
  std::size_t new_pairs(ws::Slot slot, const std::vector<std::string>& pairs) const;

  const Options& options_;
  ServerState& state_;
  const Pages& pages_;
  FxRatesCounters counters_;
  ws::Sessions* sessions_ = nullptr;
  hub::Subscriptions subscriptions_;
  Delivery delivery_;
  Resumes resumes_;
  Gaps gaps_;
  Freshness freshness_;
  std::vector<Client> clients_;  // by slot
  LogBudget subscription_log_;
  boost::uuids::random_generator new_id_;
  std::string text_;  // scratch of frames
};

}  // namespace wsf::fanout
