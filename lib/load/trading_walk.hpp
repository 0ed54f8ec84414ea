#pragma once
// Made-up messages of a trading service: prices of markets, and what becomes of assessments (a trader's account on
// trial, with a position in one market and rules that it may break). The same plan and seed give the same messages on
// every machine, but for their timestamps.

#include "load/trading_keys.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

// What a message is about.
struct TradingSubject {
  TradingTopic topic = TradingTopic::prices;
  std::size_t index = 0;  // of the market, or of the assessment
};

struct TradingMessage {
  TradingTopic topic = TradingTopic::prices;
  std::size_t index = 0;   // see TradingSubject
  std::string_view key{};  // the market of a price, the assessment of anything else; lives as long as the walk
  std::string text{};      // one line of JSON
};

// Every other message is a price, of each market in turn. Between them each assessment in turn has a message: profit
// and loss, its position, a rule (and then it has changed its position), and now and then a violation and the news
// that the trial is over. Without assessments each message is a price.
class TradingWalk {
 public:
  // There is a market; no name needs escaping in JSON.
  TradingWalk(const std::vector<std::string>& markets, const std::vector<std::string>& assessments,
              std::uint64_t seed);

  TradingMessage next(std::int64_t timestamp_ms);
  TradingSubject subject_of(std::uint64_t message) const;  // counted from 0

 private:
  struct Market {
    std::string name;
    std::int64_t start = 0, price = 0;  // hundredths
  };
  struct Assessment {
    std::string id;
    std::size_t market = 0;
    std::size_t position = 0;
    bool is_long = true;
    std::int64_t lots = 0;   // hundredths of one
    std::int64_t entry = 0;  // hundredths
    std::int64_t realized = 0;
  };

  std::string price(Market& market, std::string_view at);
  std::string news(TradingTopic topic, Assessment& assessment, std::string_view at);
  std::string pnl(const Assessment&, std::string_view at) const;
  std::string position(const Assessment&, std::string_view at) const;
  std::string rule(const Assessment&, std::string_view at);
  std::string violation(const Assessment&, std::string_view at);
  std::string outcome(Assessment&, std::string_view at);
  std::int64_t unrealized(const Assessment&) const;
  void enter(Assessment& assessment);
  std::int64_t between(std::int64_t lowest, std::int64_t highest);

  std::vector<Market> markets_;
  std::vector<Assessment> assessments_;
  std::mt19937_64 random_;
  std::uint64_t messages_ = 0;
  std::size_t positions_ = 0;
};

}  // namespace wsf::load
