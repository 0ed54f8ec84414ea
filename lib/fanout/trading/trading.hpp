#pragma once
// trading on one shard: market prices go to everybody, the events of an assessment to its connections. Used on the
// shard's thread only.

#include "fanout/door/reception.hpp"
#include "fanout/options.hpp"
#include "fanout/protocol.hpp"
#include "fanout/trading/counters.hpp"
#include "fanout/trading/heartbeat.hpp"
#include "hub/event_buffer.hpp"
#include "hub/subscriptions.hpp"
#include "protocol/trading.hpp"
#include "ws/shared_frame.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace wsf::fanout {

class Trading final : public Protocol {
 public:
  // How long a client that comes back before the log's head was reached waits for what it missed to be read.
  static constexpr std::int64_t kPatienceMs = 10'000;

  Trading(const TradingOptions& options, const hub::EventBuffer& buffer, Reception& reception, Route& route);

  void attach(ws::Sessions& sessions) override;
  const TradingCounters& counters() const override { return counters_; }
  std::optional<ws::HttpReply> refuse(const ws::HttpRequest& request, const auth::Grant* grant) override;
  // Its heartbeat is its own.
  ws::SessionProfile profile(const ws::SessionProfile& usual) override {
    ws::SessionProfile own = usual;
    own.heartbeat_ms = 0;
    return own;
  }

  void on_open(ws::Slot slot) override;
  void on_text(ws::Slot slot, std::string_view text) override;
  void on_close(ws::Slot slot) override;

  bool on_batch(const hub::SharedBatch& batch) override;
  void on_tick() override;

 private:
  struct Client {
    bool meta = false;
    std::vector<std::string> assessments;
    std::vector<hub::EventBuffer::Seen> since;
    std::uint64_t opened_at = 0;  // number of the last batch before it came
    std::int64_t opened_ms = 0;
    bool got_events = false;  // since the last tick
  };

  std::optional<ws::HttpReply> read_query(const ws::HttpRequest& request);
  std::optional<ws::HttpReply> entitle(const auth::Grant* grant);
  void publish(const hub::Update& update);
  void broadcast(hub::KeyId audience, hub::KeyId conflates_by, const hub::Update& update);
  void note_event(ws::Slot slot);
  void close_overfull();
  void look_at_waiting_events();
  void replay(ws::Slot slot);
  void replay(ws::Slot slot, const std::string& assessment);
  void replay_waiting();
  void send(ws::Slot slot, std::string_view text);
  void ping(ws::Slot slot);
  void renew(ws::Slot slot, const protocol::TradingCommand& command);

  const hub::EventBuffer& buffer_;
  Reception& reception_;
  TradingCounters counters_;
  ws::Sessions* sessions_ = nullptr;
  hub::Subscriptions subscriptions_;  // to assessments, and to kEverybody; markets are keys without subscribers
  TradingHeartbeat heartbeat_;
  std::vector<Client> clients_;               // by slot
  Client arriving_;                           // between its request and its session, which follows at once
  std::map<ws::Slot, std::int64_t> waiting_;  // for the head of the log, and since when
  std::vector<ws::Slot> overfull_;            // found while walking subscribers
  std::vector<ws::Slot> got_events_;          // since the last tick
  std::uint64_t last_batch_ = 0;
  bool at_head_ = false;
  std::string text_;  // scratch of frames
};

}  // namespace wsf::fanout
