#pragma once
// quotes-patch on one shard, between scripted sockets and a feed that a test speaks for.

#include "fanout/quotes_patch/patches.hpp"
#include "fanout/sockets_fixture.hpp"
#include "protocol/quote.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wsf::fanout {

inline protocol::Quote quote_of(std::string price, std::int64_t time_ms = 0) {
  return {.price = std::move(price), .change = "0", .change_percent = "0", .time_ms = time_ms};
}

class PatchesTest : public SocketsTest {
 protected:
  PatchesTest() : SocketsTest({}, small_outbox()) { serve(app); }

  std::vector<std::string> join(int fd, const std::string& symbols, const std::string& more = "") {
    return enter(fd, "/ws/quotes?symbols=" + symbols + more);
  }
  // One event. The caller flushes.
  void queue(const std::vector<SymbolQuote>& event) {
    auto batch = std::make_shared<hub::UpdateBatch>();
    batch->received_ns = base::steady_ns();
    ++events;
    for (const auto& [symbol, quote] : event) {
      hub::Update& update = batch->updates.emplace_back();
      update.key = symbol;
      update.payload = protocol::packed(quote);
      update.position.offset = events;
    }
    app.on_batch(batch);
  }
  void tell(const std::vector<SymbolQuote>& event) {
    queue(event);
    sessions.flush();
  }
  void pass(std::int64_t ms) {
    SocketsTest::pass(ms);
    app.on_tick();
    sessions.flush();
  }

  std::vector<SymbolQuote> first{{"AAPL", quote_of("150")}, {"GOOGL", quote_of("140")}, {"T", quote_of("15")}};
  QuotesPatchOptions own = [] {
    QuotesPatchOptions out;
    out.health_interval = std::chrono::milliseconds{0};
    return out;
  }();
  Route route{.options = own.route};
  SymbolWatch watch;
  Patches app{own, first, watch, reception, route};
  std::int64_t events = 0;
};

}  // namespace wsf::fanout
