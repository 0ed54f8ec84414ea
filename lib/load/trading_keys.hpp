#pragma once
// How the events of trading are numbered: each market apart, and of each assessment each type apart.

#include "protocol/trading.hpp"

#include <cstddef>
#include <cstdint>

namespace wsf::load {

using protocol::TradingTopic;

struct TradingKeys {
  static constexpr std::size_t kTypes = protocol::kTradingTopics.size() - 1;  // of an assessment's events

  std::size_t markets = 1, assessments = 0;

  std::uint32_t size() const { return static_cast<std::uint32_t>(markets + assessments * kTypes); }
  // `index`: of the market, or of the assessment.
  std::uint32_t of(TradingTopic topic, std::size_t index) const {
    if (topic == TradingTopic::prices) return static_cast<std::uint32_t>(index);
    return static_cast<std::uint32_t>(markets + index * kTypes + static_cast<std::size_t>(topic) - 1);
  }
  bool is_price(std::uint32_t key) const { return key < markets; }
};

}  // namespace wsf::load
