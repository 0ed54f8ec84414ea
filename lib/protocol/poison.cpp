#include "protocol/poison.hpp"

#include <array>

namespace wsf::protocol {

std::string_view name(Poison cause) {
  static constexpr std::array<std::string_view, kPoisonCount> kNames = {
      "too_large",    "invalid_utf8", "not_json", "too_deep",      "not_object",     "wrong_type", "missing_field",
      "invalid_pair", "bad_number",   "no_type",  "no_assessment", "bad_assessment", "bad_symbol", "bad_quote",
  };
  return kNames[static_cast<std::size_t>(cause)];
}

std::string_view describe(Poison cause) {
  static constexpr std::array<std::string_view, kPoisonCount> kTexts = {
      "larger than --max-event",
      "invalid UTF-8",
      "not JSON",
      "JSON deeper than 32 levels",
      "JSON, but not an object",
      "eventType is not FxRateUpdated",
      "fxRate, or its currencyPair, rate, bid or ask, is missing",
      "fxRate.currencyPair is not six letters A-Z",
      "a number that is not finite; or a rate, bid or ask not above 0",
      "neither the value nor its topic names a type",
      "not a market price, and without an assessmentId",
      "assessmentId is not 1 to 128 of A-Z a-z 0-9 _ . : -",
      "no symbol of 1 to 15 of A-Z 0-9 . -",
      "no price above 0, or a member of the wrong kind",
  };
  return kTexts[static_cast<std::size_t>(cause)];
}

}  // namespace wsf::protocol
