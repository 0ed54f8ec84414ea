#pragma once
// Quotes of securities that move around their base prices, as a quotes service publishes them in Redis. The same
// securities, seed and calls give the same quotes on every machine, but for their times. Used by one thread.

#include "market/oscillation.hpp"
#include "market/symbols.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

inline constexpr std::string_view kPriceUpdates = "price_updates";  // the channel of what moved together
std::string quote_channel(std::string_view symbol);                 // "quote:AAPL"

class MadeUpQuotes {
 public:
  // Beyond them no further quote is added to what moves together: a server takes 64 KiB.
  static constexpr std::size_t kEnoughBytes = 60'000;

  MadeUpQuotes(std::vector<market::Security> securities, std::uint64_t seed);

  const std::vector<market::Security>& securities() const { return securities_; }

  // Appends the next quote of one of them (its place in the list), one line of JSON:
  // {"symbol":"AAPL","price":150.25,"change":1.50,"change_percent":1.01,"timestamp":"2025-10-27T10:30:00.000Z"}
  void append_one(std::string& out, std::size_t security, std::int64_t time_ms);

  // Appends the next quotes of a random part of them, at least of one, by symbol, one line of JSON:
  // {"AAPL":{"symbol":"AAPL","current_price":150.25,"change":1.50,"change_percent":1.01,"last_updated":"..."},...}
  void append_some(std::string& out, std::int64_t time_ms);

 private:
  const std::vector<market::Security> securities_;
  std::vector<std::size_t> all_;  // their places
  market::Oscillation oscillation_;
};

}  // namespace wsf::load
