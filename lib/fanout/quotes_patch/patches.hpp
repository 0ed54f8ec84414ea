#pragma once
// quotes-patch on one shard: each client holds a document of quotes, and gets what has changed in it. Used on the
// shard's thread only.

#include "base/log_limiter.hpp"
#include "fanout/door/idle_watch.hpp"
#include "fanout/door/reception.hpp"
#include "fanout/options.hpp"
#include "fanout/protocol.hpp"
#include "fanout/quotes_patch/counters.hpp"
#include "fanout/quotes_patch/patch_groups.hpp"
#include "fanout/quotes_patch/price_book.hpp"
#include "fanout/quotes_patch/quote_board.hpp"
#include "fanout/quotes_patch/symbol_watch.hpp"
#include "hub/frame.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wsf::fanout {

class Patches final : public Protocol, private hub::Remaker {
 public:
  // `first`: the quotes before the first batch. `watch` learns which symbols have a client here.
  Patches(const QuotesPatchOptions& options, std::span<const SymbolQuote> first, SymbolWatch& watch,
          Reception& reception, Route& route);

  void attach(ws::Sessions& sessions) override;
  ws::SessionProfile profile(const ws::SessionProfile& usual) override;
  const PatchCounters& counters() const override { return counters_; }
  std::optional<ws::HttpReply> refuse(const ws::HttpRequest& request, const auth::Grant* grant) override;

  void on_open(ws::Slot slot) override;
  void on_text(ws::Slot slot, std::string_view text) override;
  void on_close(ws::Slot slot) override;

  // Updates of one event have one position.
  bool on_batch(const hub::SharedBatch& batch) override;
  void on_tick() override;

 private:
  using Updates = std::span<const hub::Update>;

  void say_unknown(const std::vector<std::string>& symbols);
  void tell(Updates event);
  void publish(GroupId id);
  bool write_patch(const PatchWish& wish, std::int64_t since) const;
  hub::FramePtr remake(const hub::Frame& newest, std::uint32_t conflated,
                       const std::optional<base::Position>& previous) const override;
  void count_idle();

  const QuotesPatchOptions& options_;
  SymbolWatch& watch_;
  Reception& reception_;
  mutable PatchCounters counters_;  // a remake is counted, and changes nothing else
  ws::Sessions* sessions_ = nullptr;
  mutable QuoteBoard board_;  // remembers texts that it was asked for
  PatchGroups groups_;
  PatchWish arriving_;  // between its request and its session, which follows at once
  IdleWatch idle_;
  std::vector<GroupId> touched_;      // scratch of tell()
  mutable std::string text_;          // scratch of messages
  std::int64_t idle_counted_ms_ = 0;  // when they were last counted
  base::LogLimiter unknown_log_;
};

}  // namespace wsf::fanout
