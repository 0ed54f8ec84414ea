#pragma once
// Close codes and their reason texts (RFC 6455 section 7.4, the IANA registry, and 4000-4999 of our own): one table
// for all that closes a connection or judges a close. Pure data; any thread.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wsf::protocol {

enum class Close : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported = 1003,
  no_status = 1005,  // never on the wire: the peer's close frame was empty
  abnormal = 1006,   // never on the wire: the line ended without a close frame
  invalid_payload = 1007,
  policy = 1008,
  too_big = 1009,
  internal_error = 1011,
  service_restart = 1012,
  try_again_later = 1013,
  slow_consumer = 4000,
  token_expired = 4001,
  gap = 4002,
};

constexpr std::uint16_t number(Close code) {
  return static_cast<std::uint16_t>(code);
}

// Why a connection ends: the row of the table. Several causes share a code.
enum class CloseCause : std::uint8_t {
  bye,
  heartbeat_timeout,
  idle_timeout,
  protocol_error,
  binary_frame,
  invalid_utf8,
  message_too_big,
  unauthorized,
  not_acceptable,
  user_connection_limit,
  too_many_errors,
  internal_error,
  service_restart,
  try_again_later,
  slow_consumer,
  token_expired,
  gap,
};

struct CloseRow {
  CloseCause cause;
  Close code;
  std::string_view reason;  // for the close frame; at most 123 bytes
  bool may_reconnect;       // false: the client has to mend something first
};

inline constexpr std::array kCloseTable{
    CloseRow{CloseCause::bye, Close::normal, "bye", true},
    CloseRow{CloseCause::heartbeat_timeout, Close::going_away, "heartbeat timeout", true},
    CloseRow{CloseCause::idle_timeout, Close::going_away, "idle timeout", true},
    CloseRow{CloseCause::protocol_error, Close::protocol_error, "protocol error", false},
    CloseRow{CloseCause::binary_frame, Close::unsupported, "binary not supported", false},
    CloseRow{CloseCause::invalid_utf8, Close::invalid_payload, "invalid UTF-8", false},
    CloseRow{CloseCause::message_too_big, Close::too_big, "message too big", false},
    CloseRow{CloseCause::unauthorized, Close::policy, "unauthorized", false},
    CloseRow{CloseCause::not_acceptable, Close::policy, "not acceptable", false},
    CloseRow{CloseCause::user_connection_limit, Close::policy, "connection limit per user", false},
    CloseRow{CloseCause::too_many_errors, Close::policy, "too many errors", false},
    CloseRow{CloseCause::internal_error, Close::internal_error, "internal error", true},
    CloseRow{CloseCause::service_restart, Close::service_restart, "service restart", true},
    CloseRow{CloseCause::try_again_later, Close::try_again_later, "try again later", true},
    CloseRow{CloseCause::slow_consumer, Close::slow_consumer, "slow consumer", true},
    CloseRow{CloseCause::token_expired, Close::token_expired, "token expired", true},
    CloseRow{CloseCause::gap, Close::gap, "gap", true},
};

// The table is indexed by cause: CloseCause names every row in the table's own order (asserted by the tests).
constexpr const CloseRow& close_row(CloseCause cause) {
  return kCloseTable[static_cast<std::size_t>(cause)];
}

// The row for a code that a frame reader failed with. Codes outside the table are answered as a protocol error.
constexpr const CloseRow& close_row(std::uint16_t code) {
  const auto* row = std::ranges::find(kCloseTable, code, [](const CloseRow& r) { return number(r.code); });
  return row == kCloseTable.end() ? close_row(CloseCause::protocol_error) : *row;
}

// May a client that was closed with this code connect again by itself? A code that the table does not know (1005,
// 1006, another server's own) says nothing against it.
constexpr bool may_reconnect(std::uint16_t code) {
  const auto* row = std::ranges::find(kCloseTable, code, [](const CloseRow& r) { return number(r.code); });
  return row == kCloseTable.end() || row->may_reconnect;
}

// May a peer put this code into a close frame? 1004 has no meaning yet, 1005, 1006 and 1015 stand for things that no
// frame says, other numbers below 3000 are reserved, and nothing is defined from 5000 on (RFC 6455 section 7.4).
constexpr bool sendable(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace wsf::protocol
