#include "load/trading_walk.hpp"

#include "base/check.hpp"
#include "base/timestamp.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace wsf::load {
namespace {

// What a unit costs, roughly, in hundredths of a US dollar.
struct KnownMarket {
  std::string_view name;
  std::int64_t price;
};
constexpr std::array kKnownMarkets{KnownMarket{"BTC", 4'250'000}, KnownMarket{"ETH", 250'000},
                                   KnownMarket{"SOL", 9'800}, KnownMarket{"BNB", 31'000}, KnownMarket{"XRP", 5700}};
constexpr std::int64_t kOtherPrice = 10'000;

constexpr std::int64_t kStepsTo1 = 2'000;     // the largest move of a price, as a part of it
constexpr std::int64_t kFarthestTo1 = 10;     // from the start, either way
constexpr std::int64_t kBalance = 1'000'000;  // at the start, hundredths
constexpr std::int64_t kDrawdownLimit = 20;   // percent

// What an assessment has to tell, in this order, again and again.
constexpr std::array kTurn{TradingTopic::pnl, TradingTopic::positions,  TradingTopic::rules,
                           TradingTopic::pnl, TradingTopic::positions,  TradingTopic::violations,
                           TradingTopic::pnl, TradingTopic::assessments};

std::int64_t price_of(std::string_view market) {
  const auto known = std::ranges::find(kKnownMarkets, market, &KnownMarket::name);
  return known == kKnownMarkets.end() ? kOtherPrice : known->price;
}

std::string hundredths(std::int64_t value) {
  return fmt::format(FMT_COMPILE("{}{}.{:02}"), value < 0 ? "-" : "", std::abs(value) / 100, std::abs(value) % 100);
}

}  // namespace

TradingWalk::TradingWalk(const std::vector<std::string>& markets, const std::vector<std::string>& assessments,
                         std::uint64_t seed)
    : random_(seed) {
  base::check(!markets.empty(), "there is something to tell of");
  for (const std::string& name : markets) markets_.push_back({name, price_of(name), price_of(name)});
  for (const std::string& id : assessments) {
    Assessment assessment{.id = id, .market = assessments_.size() % markets_.size()};
    enter(assessment);
    assessments_.push_back(std::move(assessment));
  }
}

TradingSubject TradingWalk::subject_of(std::uint64_t message) const {
  if (assessments_.empty()) return {TradingTopic::prices, message % markets_.size()};
  const auto turn = message / 2;
  if (message % 2 == 0) return {TradingTopic::prices, turn % markets_.size()};
  return {kTurn[turn / assessments_.size() % kTurn.size()], turn % assessments_.size()};
}

TradingMessage TradingWalk::next(std::int64_t timestamp_ms) {
  const std::string at = base::rfc3339(timestamp_ms);
  const auto [topic, index] = subject_of(messages_++);
  if (topic == TradingTopic::prices) return {topic, index, markets_[index].name, price(markets_[index], at)};
  return {topic, index, assessments_[index].id, news(topic, assessments_[index], at)};
}

std::string TradingWalk::price(Market& market, std::string_view at) {
  const auto step = std::max<std::int64_t>(1, market.start / kStepsTo1);
  const auto farthest = market.start / kFarthestTo1;
  market.price = std::clamp(market.price + between(-step, step), market.start - farthest, market.start + farthest);
  return fmt::format(FMT_COMPILE(R"({{"type":"market_price","market":"{}","price":{},"timestamp":"{}"}})"),
                     market.name, hundredths(market.price), at);
}

std::string TradingWalk::news(TradingTopic topic, Assessment& assessment, std::string_view at) {
  switch (topic) {
    case TradingTopic::prices:
      break;  // not in the turn
    case TradingTopic::pnl:
      return pnl(assessment, at);
    case TradingTopic::positions:
      return position(assessment, at);
    case TradingTopic::rules:
      assessment.realized += unrealized(assessment);
      enter(assessment);
      return rule(assessment, at);
    case TradingTopic::violations:
      return violation(assessment, at);
    case TradingTopic::assessments:
      return outcome(assessment, at);
  }
  return {};
}

std::string TradingWalk::pnl(const Assessment& assessment, std::string_view at) const {
  const auto open = unrealized(assessment);
  return fmt::format(
      FMT_COMPILE(
          R"({{"type":"pnl_update","assessmentId":"{}","unrealizedPnl":{},"realizedPnl":{},"currentBalance":{},"timestamp":"{}"}})"),
      assessment.id, hundredths(open), hundredths(assessment.realized),
      hundredths(kBalance + assessment.realized + open), at);
}

std::string TradingWalk::position(const Assessment& assessment, std::string_view at) const {
  return fmt::format(
      FMT_COMPILE(
          R"({{"type":"position_update","assessmentId":"{}","positionId":"position-{}","market":"{}","side":"{}","quantity":{},"entryPrice":{},"unrealizedPnl":{},"timestamp":"{}"}})"),
      assessment.id, assessment.position, markets_[assessment.market].name, assessment.is_long ? "long" : "short",
      hundredths(assessment.lots), hundredths(assessment.entry), hundredths(unrealized(assessment)), at);
}

std::string TradingWalk::rule(const Assessment& assessment, std::string_view at) {
  const auto value = between(0, kDrawdownLimit - 1);
  return fmt::format(
      FMT_COMPILE(
          R"({{"type":"rule_status","assessmentId":"{}","rule":"drawdown","value":{},"threshold":{},"status":"{}","timestamp":"{}"}})"),
      assessment.id, hundredths(value), hundredths(kDrawdownLimit), value * 4 < kDrawdownLimit * 3 ? "ok" : "warning",
      at);
}

std::string TradingWalk::violation(const Assessment& assessment, std::string_view at) {
  const auto value = between(kDrawdownLimit + 1, 2 * kDrawdownLimit);
  return fmt::format(
      FMT_COMPILE(
          R"({{"type":"violation","assessmentId":"{}","rule":"drawdown_violation","value":{},"threshold":{},"timestamp":"{}"}})"),
      assessment.id, hundredths(value), hundredths(kDrawdownLimit), at);
}

// The trial is over, and a new one begins under the same name.
std::string TradingWalk::outcome(Assessment& assessment, std::string_view at) {
  assessment.realized = 0;
  enter(assessment);
  return fmt::format(
      FMT_COMPILE(R"({{"type":"assessment_update","assessmentId":"{}","status":"{}","timestamp":"{}"}})"),
      assessment.id, between(0, 3) == 0 ? "passed" : "failed", at);
}

std::int64_t TradingWalk::unrealized(const Assessment& assessment) const {
  const auto gain = (markets_[assessment.market].price - assessment.entry) * assessment.lots / 100;
  return assessment.is_long ? gain : -gain;
}

// A position that is worth about a twentieth to a half of the balance.
void TradingWalk::enter(Assessment& assessment) {
  assessment.entry = markets_[assessment.market].price;
  assessment.is_long = between(0, 1) == 1;
  assessment.lots = std::max<std::int64_t>(1, between(5, 50) * kBalance / assessment.entry);
  assessment.position = ++positions_;
}

std::int64_t TradingWalk::between(std::int64_t lowest, std::int64_t highest) {
  const auto count = static_cast<std::uint64_t>(highest - lowest) + 1;
  return lowest + static_cast<std::int64_t>(random_() % count);  // not <random>'s: those differ between libraries
}

}  // namespace wsf::load
