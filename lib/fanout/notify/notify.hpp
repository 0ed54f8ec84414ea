#pragma once
// notify on one shard: what is published for a user goes to each of the user's connections. Used on the shard's
// thread only.

#include "fanout/door/idle_watch.hpp"
#include "fanout/door/reception.hpp"
#include "fanout/door/user_places.hpp"
#include "fanout/feeds/channel_feed_state.hpp"
#include "fanout/inbox.hpp"
#include "fanout/notify/counters.hpp"
#include "fanout/notify/user_channels.hpp"
#include "fanout/options.hpp"
#include "fanout/protocol.hpp"
#include "protocol/notify.hpp"
#include "ws/sessions.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace wsf::fanout {

class Notify final : public Protocol {
 public:
  // `places`: nullptr where the connections of other replicas do not count.
  Notify(const NotifyOptions& options, const ChannelFeedState& feed, UserChannels& channels, UserPlaces* places,
         Reception& reception, Route& route);

  void attach(ws::Sessions& sessions) override;
  const NotifyCounters& counters() const override { return counters_; }

  void on_open(ws::Slot slot) override;
  void on_text(ws::Slot slot, std::string_view text) override;
  void on_close(ws::Slot slot) override;

  bool on_batch(const hub::SharedBatch& batch) override;
  void on_tick() override;

 private:
  struct Client {
    std::string user;
    std::uint64_t place = 0;  // over all replicas; 0: they do not count
    std::int64_t opened_ms = 0;
  };

  void take_place(ws::Slot slot);
  void close_refused();
  void publish(const hub::Update& update);
  void close_overfull();
  bool in_outage() const { return feed_.down_for(options_.outage_told_after); }
  void tell_outage();

  const NotifyOptions& options_;
  const ChannelFeedState& feed_;
  UserChannels& channels_;
  UserPlaces* const places_;
  Reception& reception_;
  NotifyCounters counters_;
  ws::Sessions* sessions_ = nullptr;
  IdleWatch idle_;
  std::vector<Client> clients_;  // by slot
  std::unordered_map<std::string, std::vector<ws::Slot>> users_;
  Inbox<RefusedPlace> refused_;
  std::vector<ws::Slot> overfull_;  // found while walking a user's connections
  std::uint64_t told_outage_ = 0;   // number of the last one
};

}  // namespace wsf::fanout
