#pragma once
// A source of quotes that counts who asks for which symbol, and brings none.

#include "fanout/quotes/source.hpp"

#include <map>
#include <string>

namespace wsf::fanout {

struct CountedSource : QuoteSource {
  std::map<std::string, int> symbols;
  Loss on_loss = Loss::told;

  Loss loss() const override { return on_loss; }
  void start(QuoteSink&) override {}
  void stop() override {}
  void subscribe(const std::string& symbol) override { ++symbols[symbol]; }
  void unsubscribe(const std::string& symbol) override {
    if (--symbols[symbol] == 0) symbols.erase(symbol);
  }
  std::string summary() const override { return {}; }
  std::string_view component() const override { return "test"; }
  std::string_view why_not_ready() const override { return {}; }
  std::uint64_t redis_subscriptions() const override { return 0; }
  void append_metrics(stats::Exposition&) const override {}
};

}  // namespace wsf::fanout
