#pragma once
// Whether positions in the log only ever grow, over all connections: one chain for each partition of a topic, and in
// those of prices one for each market, because on a slow line a newer price of one may overtake that of another. That
// nothing is missing cannot be seen: other assessments' events lie between. One thread.

#include "wsclient/event_message.hpp"
#include "wsclient/stream.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wsf::wsclient {

class PositionCheck {
 public:
  static constexpr std::size_t kMaxChains = 65'536;  // messages of others are not checked

  // An event or a price.
  std::optional<Found> take(const EventMessage& message);
  // The server's word that it no longer holds all that came after a position.
  Found gap(const EventMessage& message);

  // From where to go on: the newest event of each partition or, before there was one, the newest price. At most as
  // many, and as long together, as a request may hold.
  std::vector<protocol::TopicPosition> newest() const;

  std::uint64_t checked() const { return checked_; }
  std::uint64_t unplaced() const { return unplaced_; }  // messages without a position
  std::uint64_t backwards() const { return backwards_; }
  std::uint64_t gaps() const { return gaps_; }
  std::size_t logs() const;  // partitions of topics

 private:
  using Log = std::pair<std::string, std::int32_t>;
  using Chain = std::pair<Log, std::string>;  // and the market of a price

  std::map<Chain, base::Position> last_;
  std::optional<protocol::TopicPosition> newest_price_;
  std::uint64_t checked_ = 0;
  std::uint64_t unplaced_ = 0;
  std::uint64_t backwards_ = 0;
  std::uint64_t gaps_ = 0;
};

// "trading.pnl:0-42,trading.rules:0-7"
std::string to_text(const std::vector<protocol::TopicPosition>& positions);

// What `verify` of positions says at its end. `elapsed_ms`: nothing for a recording.
Verdict verdict_of(const PositionCheck& check, std::optional<std::int64_t> elapsed_ms, std::uint64_t reconnects);

}  // namespace wsf::wsclient
