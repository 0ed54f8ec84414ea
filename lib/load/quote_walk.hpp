#pragma once
// The quotes of a run. An event moves some of the symbols, each to a price within 1 % of its base price that no other
// event of the run has for it; so each number of a quote, and its time, tells by itself which event it is from. Pure
// arithmetic: who publishes and who receives need share nothing. Any thread.

#include "load/quote_values.hpp"
#include "market/symbols.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

struct QuotePlan {
  std::vector<market::Security> securities;  // not empty
  double rate_per_s = 0.25;                  // events, above 0, at most kMostRate
  std::chrono::nanoseconds duration{0};      // no event is due at or after it
  bool some = false;                         // an event moves a random part of the symbols, not all
  std::uint64_t seed = 1;
};

class QuoteWalk {
 public:
  static constexpr double kMostRate = 1000;  // so that no two events are of the same millisecond

  explicit QuoteWalk(QuotePlan plan);

  std::uint32_t symbols() const { return static_cast<std::uint32_t>(lanes_.size()); }
  const std::string& symbol(std::uint32_t number) const { return plan_.securities[number].symbol; }

  // Events count from 0, which moves all symbols.
  bool moves(std::uint32_t event, std::uint32_t symbol) const;
  std::uint32_t last_move(std::uint32_t event, std::uint32_t symbol) const;  // at or before the event
  std::chrono::nanoseconds due(std::uint32_t event) const;                   // since the start
  std::uint32_t first_due(std::chrono::nanoseconds since_start) const;       // then or later

  // `start_ns`: epoch, when event 0 was due.
  QuoteValues values(std::uint32_t event, std::uint32_t symbol, std::int64_t start_ns) const;
  // Appends symbol, price, change and change_percent, members of a JSON object that is open.
  void append_numbers(std::string& out, std::uint32_t event, std::uint32_t symbol, std::string_view price_name) const;
  // Appends the quote as a JSON object, as it goes to Redis for quotes-patch.
  void append_json(std::string& out, std::uint32_t event, std::uint32_t symbol, std::int64_t start_ns) const;
  // Which event moved the symbol to that value of the field; std::nullopt: none of this run.
  std::optional<std::uint32_t> event_of(std::uint32_t symbol, protocol::QuoteField field, const QuoteValues& values,
                                        std::int64_t start_ns) const;

 private:
  // The prices of a symbol: a base, and as many steps up as down, which the events take in an order that looks like
  // chance and comes to each of them once.
  struct Lane {
    std::int64_t base = 0;  // in steps
    std::int64_t reach = 0;
    std::int64_t stride = 1, inverse = 1;  // from the place of an event to that of the next, and back
    double per_unit = 100;                 // steps in 1.00
    int decimals = 2;
    double percent_per_unit = 100;
    int percent_decimals = 2;

    std::int64_t places() const { return 2 * reach + 1; }
    std::int64_t offset_of(std::uint32_t event) const;
    std::int64_t percent_of(std::int64_t offset) const;  // in units of its last decimal
  };

  Lane lane_of(double base_price, std::uint64_t events) const;
  std::int64_t time_ms(std::uint32_t event, std::int64_t start_ns) const;
  std::optional<std::uint32_t> event_at(std::int64_t time_ms, std::int64_t start_ns) const;

  const QuotePlan plan_;
  std::vector<Lane> lanes_;
};

}  // namespace wsf::load
