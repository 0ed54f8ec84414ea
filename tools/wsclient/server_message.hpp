#pragma once
// What the server says in the protocols fx-rates and quotes, as far as a person wants to see it. Pure; any thread.

#include "base/position.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::wsclient {

// A number with the digits that the sender wrote: 1.0850 has four decimals.
struct Price {
  double value = 0;
  std::string text;

  int decimals() const;
};

struct UpdateMeta {
  base::Position offset;
  std::optional<base::Position> prev;
  std::optional<std::int64_t> kafka_ms;
  std::uint32_t conflated = 0;
};

// A rate of a pair, or a quote of a security, which then is the pair, with its price as the rate.
struct RateUpdate {
  std::string pair;
  Price rate, bid, ask;
  Price change, change_percent;          // of a quote, by its own word
  std::optional<std::int64_t> event_ms;  // when the event says that it was made
  bool snapshot = false;
  std::optional<UpdateMeta> meta;
};

// What came to a pair between two positions is not known to the server.
struct Gap {
  base::Position from;
  std::optional<base::Position> to;
};

struct ServerMessage {
  std::string type;                                     // "" when the message names none
  std::string message, code;                            // of an error, and of other answers that have them
  std::vector<std::string> pairs;                       // currencyPairs, or symbols
  std::string pair;                                     // currencyPair, of a message about one
  std::vector<std::pair<std::string, bool>> recovered;  // of subscribed: what became of each pair's resume
  std::optional<Gap> gap;                               // type is "gap", and its positions are valid
  std::optional<RateUpdate> update;                     // type is "rateUpdate" or "quote", and it can be shown
};

// {"error":"connection_lost"} without a type is an error of this code; "Symbol X not allowed for your subscription"
// is about the symbol X. Unknown members are ignored, missing ones stay empty. An error for what is no JSON object.
// One pass of a SAX parser: no document is built, whatever the depth.
base::Result<ServerMessage> parse_server_message(std::string_view text);

}  // namespace wsf::wsclient
