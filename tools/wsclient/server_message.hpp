#pragma once
// What the server says in the fx-rates protocol, as far as a person wants to see it. Pure; any thread.

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

// A number with the digits that the sender wrote: 1.0850 has four decimals.
struct Price {
  double value = 0;
  std::string text;

  int decimals() const;
};

struct UpdateMeta {
  std::string offset;
  std::optional<std::string> prev;
  std::optional<std::int64_t> kafka_ms;
  std::uint64_t conflated = 0;
};

struct RateUpdate {
  std::string pair;
  Price rate, bid, ask;
  std::optional<std::int64_t> event_ms;  // when the event says that it was made
  bool snapshot = false;
  std::optional<UpdateMeta> meta;
};

struct ServerMessage {
  std::string type;                  // "" when the message names none
  std::string message, code;         // of an error, and of other answers that have them
  std::vector<std::string> pairs;    // currencyPairs
  std::optional<RateUpdate> update;  // type is "rateUpdate" and it can be shown
};

// Unknown members are ignored, missing ones stay empty. An error for what is no JSON object. One pass of a SAX
// parser: no document is built, whatever the depth.
base::Result<ServerMessage> parse_server_message(std::string_view text);

}  // namespace wsf::wsclient
