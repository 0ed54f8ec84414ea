#pragma once
// quotes on one shard: what clients ask becomes subscriptions to symbols, what the source brings becomes frames. Used
// on the shard's thread only.

#include "fanout/door/idle_watch.hpp"
#include "fanout/door/reception.hpp"
#include "fanout/feeds/channel_feed_state.hpp"
#include "fanout/options.hpp"
#include "fanout/protocol.hpp"
#include "fanout/quotes/counters.hpp"
#include "fanout/quotes/source.hpp"
#include "hub/subscriptions.hpp"
#include "protocol/quotes.hpp"
#include "ws/sessions.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::fanout {

class Quotes final : public Protocol {
 public:
  // Updates come as protocol::packed() quotes. `feed` is the source's.
  Quotes(const QuotesOptions& options, const ChannelFeedState& feed, QuoteSource& source, Reception& reception,
         Route& route);

  void attach(ws::Sessions& sessions) override;
  const QuotesCounters& counters() const override { return counters_; }

  std::optional<ws::HttpReply> refuse(const ws::HttpRequest& request, const auth::Grant* grant) override;

  void on_open(ws::Slot slot) override;
  void on_text(ws::Slot slot, std::string_view text) override;
  void on_close(ws::Slot slot) override;

  bool on_batch(const hub::SharedBatch& batch) override;
  void on_tick() override;

 private:
  struct Client {
    bool here = false;
    protocol::QuoteForm form{};
    std::uint64_t opened_in = 0;  // number of the outage that it came in; 0: the feed stood
  };

  void subscribe(ws::Slot slot, protocol::QuotesCommand command);
  void subscribe_symbols(ws::Slot slot, const std::vector<std::string>& symbols);
  void unsubscribe(ws::Slot slot, const protocol::QuotesCommand& command);
  void drop_symbol(ws::Slot slot, const std::string& symbol);
  void renew(ws::Slot slot, const protocol::QuotesCommand& command);

  // By the client's grant.
  bool allows(ws::Slot slot, std::string_view symbol) const;
  std::size_t max_subscriptions(ws::Slot slot) const;
  std::size_t new_symbols(ws::Slot slot, const std::vector<std::string>& symbols) const;

  void publish(const hub::Update& update);
  void send_snapshot(ws::Slot slot, std::string_view symbol);
  hub::FramePtr encode(hub::KeyId key, std::string_view symbol, const protocol::Quote& quote,
                       protocol::QuoteForm form);

  void send(ws::Slot slot, std::string_view text);
  void send_refusals(ws::Slot slot, const protocol::QuotesCommand& command);
  void send_denied(ws::Slot slot, const std::vector<std::string>& denied, std::string_view id_json);
  bool in_outage() const { return feed_.down_for(options_.upstream_grace); }
  void tell_outage(ws::Slot slot);
  void log(ws::Slot slot, std::string_view action, const std::vector<std::string>& symbols) const;
  void count_subscriptions();

  const QuotesOptions& options_;
  const ChannelFeedState& feed_;
  QuoteSource& source_;
  Reception& reception_;
  QuotesCounters counters_;
  ws::Sessions* sessions_ = nullptr;
  hub::Subscriptions subscriptions_;  // to symbols
  IdleWatch heartbeat_;               // counts what goes to a client
  std::vector<Client> clients_;       // by slot
  protocol::QuoteForm arriving_;      // of the client between its request and its session, which follows at once
  std::uint64_t told_outage_ = 0;     // number of the last one
  std::string text_;                  // scratch of frames
};

}  // namespace wsf::fanout
