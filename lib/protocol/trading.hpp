#pragma once
// The trading protocol as pure functions: what comes from the log becomes messages, what clients send becomes
// commands. No I/O, no clock, no state; any thread.

#include "base/position.hpp"
#include "protocol/poison.hpp"
#include "protocol/replies.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wsf::protocol {

// For whom an event is.
struct TradingEvent {
  bool market_price = false;  // for everybody; the newest of a market stands for those before it
  std::string key;            // of a market price: the market, "" if it names none; of any other: the assessment's id
  std::string text;           // the value as it came, with its type put in where it had none
};

// Type by the value's own member, else by its topic; the assessment by `assessmentId` or `assessment_id`. One pass of
// a SAX parser after linear scans; depth is checked before.
std::variant<TradingEvent, Poison> check_trading_event(std::string_view value, std::string_view topic,
                                                       std::size_t max_bytes);

// Where the messages of a trading service are published, one topic for each of their types.
enum class TradingTopic : std::uint8_t { prices, pnl, positions, rules, violations, assessments };
inline constexpr std::array<const char*, 6> kTradingTopics{"market-data.prices", "trading.pnl",
                                                           "trading.positions",  "trading.rules",
                                                           "trading.violations", "trading.assessments"};

// The type that a topic gives to values without one; "": none.
std::string_view type_of_topic(std::string_view topic);

// A place in the log of a topic, as clients see it: "trading.pnl:0-42", with an epoch "trading.pnl:1.0-42".
struct TopicPosition {
  std::string topic;
  base::Position position;
};
std::string to_text(std::string_view topic, const base::Position& position);
std::optional<TopicPosition> parse_topic_position(std::string_view text);

inline constexpr std::size_t kMaxSince = 256;  // positions of one request

// A comma list of them; nullopt when an item is none, or there are too many.
std::optional<std::vector<TopicPosition>> parse_since(std::string_view list);

// Appends the text of an event with its position as a further member.
void append_positioned(std::string& out, std::string_view text, std::string_view topic,
                       const base::Position& position);

// What the server says of its own. Times: Unix milliseconds.
std::string trading_connected(std::string_view connection_id, std::string_view user, std::int64_t now_ms);
std::string trading_ping(std::int64_t now_ms);
std::string trading_pong(std::int64_t now_ms);
// Events of the assessment after this position may be missing.
std::string trading_gap(std::string_view assessment, const TopicPosition& since);

struct TradingCommand {
  enum class Kind { pong, ping, auth, invalid } kind = Kind::invalid;
  std::string token{};    // of auth
  std::string id_json{};  // of auth: the JSON text of its id, or ""
  std::string error{};    // of invalid: the answer
};
TradingCommand parse_trading_command(std::string_view text);

}  // namespace wsf::protocol
