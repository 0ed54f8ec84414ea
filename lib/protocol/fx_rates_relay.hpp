#pragma once
// How updates of fx-rates travel over a Redis channel: the event as it came, with its place in the log as one more
// member, "wsfanout", at its end. Who knows nothing of that member reads the event alone; who does gets the event's
// own bytes back. Pure functions; any thread.

#include "base/position.hpp"
#include "protocol/poison.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace wsf::protocol {

inline constexpr std::size_t kMaxRelayMemberBytes = 512;  // of the member's value

// The channel on which a relay says each second that it lives; its last values of all pairs stand in a hash.
std::string relay_pulse_channel(std::string_view channel);  // "fx-rate-updates:relay"
std::string relay_values_key(std::string_view channel);     // "fx-rate-updates:last"

// Where a relayed event stands in the log.
struct RelayPlace {
  base::Position at;
  std::optional<base::Position> prev{};  // of the pair's event before it
  std::int64_t kafka_ms = 0;             // the record's timestamp, Unix milliseconds; 0: none
  bool restated = false;                 // told again, or for the first time after a while: it may be old

  friend bool operator==(const RelayPlace&, const RelayPlace&) = default;
};

// `event` must have passed check_event().
std::string relayed_event(std::string_view event, const RelayPlace& place);
// The pair has no value any more since `at`.
std::string relayed_removal(std::string_view pair, const base::Position& at);
// Records of one partition, from `first` to before `next`, were gone before the relay read them.
std::string relayed_loss(const base::Position& first, const base::Position& next);
std::string relay_pulse(bool broker_reachable);

struct RelayedEvent {
  std::string event;  // its own bytes; not checked yet
  RelayPlace place;
};
struct RelayedRemoval {
  std::string pair;  // a valid one
  base::Position at;
};
struct RelayedLoss {
  base::Position first, next;  // of one partition and epoch
};
using Relayed = std::variant<RelayedEvent, RelayedRemoval, RelayedLoss>;

inline constexpr std::int64_t kLatestRelayedMs = 253'402'300'799'999;  // the end of the year 9999

// Poison: not_json when the end of the text is no such member, missing_field when there is none, or one without a
// place; bad_number when its time is later than any.
std::variant<Relayed, Poison> parse_relayed(std::string_view text);

// nullopt: not a pulse.
std::optional<bool> parse_relay_pulse(std::string_view text);

}  // namespace wsf::protocol
