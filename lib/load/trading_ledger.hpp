#pragma once
// Whether the events of trading came whole: the positions of each topic and partition rise, and of an assessment's
// numbers none is missing, unless a gap was announced. A price that is missing was superseded by a newer one.

#include "base/position.hpp"
#include "load/dialect.hpp"
#include "load/trading_keys.hpp"

#include <string>
#include <vector>

namespace wsf::load {

class TradingLedger : public Ledger {
 public:
  // 24 bytes for each connection and each partition of which it had something, and one for each subscription.
  TradingLedger(const Dialect& dialect, const TradingKeys& keys, const Share& share);

  Followed follow(const Subscription& subscription, std::string_view update, std::uint32_t missing) override;
  void announce_gap(std::uint32_t connection, std::string_view text) override;
  std::string come_back(std::uint32_t connection) override;  // "trading.pnl:0-42,trading.rules:0-7"
  void answered(std::uint32_t, std::string_view) override {}
  const ChainCounts& counts() const override { return counts_; }

 private:
  struct Newest {  // that the connection had of a partition
    std::size_t topic = 0;
    base::Position position;
  };

  std::size_t number_of(std::string_view topic);
  Newest* find(std::uint32_t connection, std::size_t topic, std::int32_t partition);
  void follow_position(const Subscription& subscription, std::string_view update);
  void follow_numbers(const Subscription& subscription, std::uint32_t missing);
  void excuse(std::uint32_t connection);
  void note_break(const Subscription& subscription, std::string_view what);

  const Dialect& dialect_;
  const TradingKeys keys_;
  const Share share_;
  std::vector<std::string> topics_;          // that were met
  std::vector<std::vector<Newest>> newest_;  // [connection of the thread]
  std::vector<bool> excused_;                // [subscription]: what is missing before the next one was announced
  ChainCounts counts_;
};

}  // namespace wsf::load
