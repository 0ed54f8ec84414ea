#pragma once
// A quote as it comes from Redis, and what of it clients see. Pure; any thread.

#include "protocol/poison.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wsf::protocol {

enum class QuoteField : std::uint8_t { price, change, change_percent, time };
inline constexpr std::size_t kQuoteFields = 4;

// A set of them, one bit for each.
class QuoteFields {
 public:
  constexpr QuoteFields() = default;
  static constexpr QuoteFields all() { return QuoteFields((1U << kQuoteFields) - 1); }

  constexpr bool has(QuoteField field) const { return (bits_ & bit(field)) != 0; }
  constexpr void add(QuoteField field) { bits_ = static_cast<std::uint8_t>(bits_ | bit(field)); }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr std::uint8_t bits() const { return bits_; }
  friend constexpr QuoteFields operator&(QuoteFields a, QuoteFields b) {
    return QuoteFields(static_cast<unsigned>(a.bits_ & b.bits_));
  }
  friend constexpr bool operator==(QuoteFields, QuoteFields) = default;

 private:
  explicit constexpr QuoteFields(unsigned bits) : bits_(static_cast<std::uint8_t>(bits)) {}
  static constexpr unsigned bit(QuoteField field) { return 1U << static_cast<unsigned>(field); }
  std::uint8_t bits_ = 0;
};

// Numbers are JSON texts as they came: 150.250 stays 150.250.
struct Quote {
  std::string price;
  std::string change = "0";
  std::string change_percent = "0";
  std::int64_t time_ms = 0;  // Unix milliseconds

  friend bool operator==(const Quote&, const Quote&) = default;
};

// In which fields the two differ.
QuoteFields difference(const Quote& one, const Quote& other);

// One line, for the way of a quote from its feed to the shards; and back.
std::string packed(const Quote& quote);
Quote unpacked(std::string_view line);

struct QuoteEvent {
  std::string symbol;
  Quote quote;
  QuoteFields given;  // what the feed told; the rest are defaults
};

// The event's quote, with what it does not tell as it was before; its time is new in any case, `now_ms` (Unix) where
// none is told.
Quote completed(QuoteEvent event, const Quote& before, std::int64_t now_ms);

// What is published of `symbol`: an object with price, change, change_percent, timestamp and, where it names one,
// this symbol. Names count in any case, with underscores or without; a time is Unix milliseconds or RFC 3339.
std::variant<QuoteEvent, Poison> parse_quote(std::string_view payload, std::string_view symbol,
                                             std::size_t max_bytes);

// What is published on "price_updates": an object of such quotes by symbol, whose names are current_price and
// last_updated, too.
struct PriceUpdates {
  std::vector<QuoteEvent> quotes;
  std::vector<Poison> faults;  // of quotes that are left out
};
std::variant<PriceUpdates, Poison> parse_price_updates(std::string_view payload, std::size_t max_bytes);

}  // namespace wsf::protocol
