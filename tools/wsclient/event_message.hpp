#pragma once
// A message of trading or notify, as far as a person wants to see it: its own members, whatever they are called.
// Pure; any thread.

#include "base/result.hpp"
#include "protocol/trading.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::wsclient {

inline constexpr std::size_t kMaxMembersShown = 16;
inline constexpr std::size_t kMaxValueShown = 60;  // columns

struct EventMessage {
  std::string type{};                                     // "" when it names none
  std::string market{}, assessment{};                     // assessmentId, or assessment_id
  std::string user{};                                     // userId
  std::string message{}, code{};                          // of an error
  std::string since{};                                    // of a gap
  std::string timestamp{};                                // as it is written: a text, or digits
  std::optional<std::int64_t> time_ms{};                  // that it means, Unix
  std::optional<protocol::TopicPosition> position{};      // nothing where it is none, or its topic can be none
  std::vector<std::pair<std::string, std::string>> rest;  // further members and their values, short enough to show

  bool is_price() const { return type == "market_price"; }
};

// An error for what is no JSON object. One pass of a SAX parser: no document is built, whatever the depth.
base::Result<EventMessage> parse_event_message(std::string_view text);

// "14:03:12.345 pnl_update assessment-123 unrealizedPnl=1500.00 realizedPnl=500.00 3 ms": time, type, whose, the
// further members, and how old it was where its own time makes sense.
std::string event_line(const EventMessage& message, std::string_view clock, std::int64_t now_us);

}  // namespace wsf::wsclient
