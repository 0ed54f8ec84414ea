#pragma once
// Why an event from a log is not sent on. Pure data; any thread.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wsf::protocol {

inline constexpr std::size_t kMaxJsonDepth = 32;  // levels of arrays and objects in a message or an event

enum class Poison : std::uint8_t {
  too_large,       // more bytes than allowed
  invalid_utf8,    // anywhere in the value
  not_json,        // RFC 8259: truncated, trailing bytes, NaN, control bytes, a byte order mark, nothing at all
  too_deep,        // more than kMaxJsonDepth levels
  not_object,      // JSON, but an array or a scalar
  wrong_type,      // fx-rates: eventType is missing or not "FxRateUpdated"
  missing_field,   // fx-rates: fxRate is no object, or has no currencyPair, rate, bid or ask
  invalid_pair,    // fx-rates: fxRate.currencyPair is no string of the form of a pair
  bad_number,      // a number that exceeds a double (1e999); fx-rates: rate, bid or ask is no number, or not above 0
  no_type,         // trading: neither the value nor its topic names the type of the message
  no_assessment,   // trading: not a market price, and no assessmentId
  bad_assessment,  // trading: assessmentId is no id
  bad_symbol,      // quotes: no symbol, or not the one of its place
  bad_quote,       // quotes: no object, no price, or a member of the wrong kind
};
inline constexpr std::size_t kPoisonCount = 14;
inline constexpr std::size_t kLogPoisonCount = 12;     // those that an event in Kafka can have
inline constexpr std::size_t kFxRatesPoisonCount = 9;  // those up to bad_number

// Of what a quote can have.
constexpr bool is_quote_poison(Poison cause) {
  return cause <= Poison::not_object || cause == Poison::bad_number || cause >= Poison::bad_symbol;
}

std::string_view name(Poison cause);      // a metric label: "too_large"
std::string_view describe(Poison cause);  // a short text for a log line: "larger than --max-event"

}  // namespace wsf::protocol
