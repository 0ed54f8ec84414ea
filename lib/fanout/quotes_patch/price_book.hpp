#pragma once
// The newest quotes of all symbols, whoever tells them: numbers each event and posts what it says to the shards. Any
// thread.

#include "fanout/quotes_patch/symbol_watch.hpp"
#include "fanout/service.hpp"
#include "fanout/tracing/feed_traces.hpp"
#include "market/oscillation.hpp"
#include "market/symbols.hpp"
#include "protocol/quote.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace wsf::fanout {

using SymbolQuote = std::pair<std::string, protocol::Quote>;

class PriceBook {
 public:
  static constexpr std::size_t kMaxSymbols = 65'536;

  // Begins with the securities at their base prices.
  PriceBook(const std::vector<market::Security>& securities, std::uint64_t seed, std::int64_t now_ms);

  std::vector<SymbolQuote> quotes() const;  // as they stand
  // `feed` names the source in spans of the events that `tracer` samples; nullptr: none.
  void post_to(Service::Post post, trace::Tracer* tracer, std::string_view feed) {
    post_ = std::move(post);
    traces_.emplace(tracer, feed);
  }

  // What a feed told, in one event; symbols beyond kMaxSymbols are left out. The time of a quote without one is now.
  void tell(std::vector<protocol::QuoteEvent> event, std::int64_t now_ms);
  // Some of the watched symbols move around where they stood when a feed last told of them, or around their base
  // price.
  void oscillate(const SymbolWatch& watch, std::int64_t now_ms);

  std::uint64_t events() const;

 private:
  struct Line {
    protocol::Quote quote;
    double close = 0;          // from where changes count
    std::int64_t told_in = 0;  // the last event that named it
  };
  void post(const std::vector<std::size_t>& changed);

  mutable std::mutex mutex_;
  Service::Post post_;
  std::optional<FeedTraces> traces_;  // with post_
  market::Oscillation oscillation_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<market::Security> securities_;  // the price that each oscillates around
  std::vector<Line> lines_;                   // beside them
  std::int64_t version_ = 0;
};

}  // namespace wsf::fanout
