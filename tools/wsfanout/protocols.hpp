#pragma once
// The protocols by the names that --protocol has for them, and the path of each where none is given.

#include <array>
#include <string_view>

namespace wsfanout {

inline constexpr const char* kFxRates = "fx-rates";
inline constexpr const char* kTrading = "trading";
inline constexpr const char* kNotify = "notify";
inline constexpr const char* kQuotes = "quotes";
inline constexpr const char* kQuotesPatch = "quotes-patch";

struct DefaultPath {
  std::string_view protocol;
  std::string_view path;
};
inline constexpr std::array kProtocols{DefaultPath{kFxRates, "/ws/fx-rates"}, DefaultPath{kTrading, "/ws"},
                                       DefaultPath{kNotify, "/ws"}, DefaultPath{kQuotes, "/ws/market-data"},
                                       DefaultPath{kQuotesPatch, "/ws/quotes"}};

}  // namespace wsfanout
