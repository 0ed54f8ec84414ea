#include "load/trading_publisher.hpp"

namespace wsf::load {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

}  // namespace

TradingPublisher::TradingPublisher(const TradingPlan& plan, TradingOutput& output, std::int64_t start_epoch_ns)
    : PacedLoop({plan.rate_per_s, plan.count, plan.duration}, start_epoch_ns),
      output_(output),
      walk_(plan.markets, plan.assessments, plan.seed) {}

bool TradingPublisher::put(std::uint64_t, std::int64_t due_ns) {
  if (!refused_) refused_ = walk_.next(due_ns / kNsPerMs);
  if (!output_.put(*refused_)) return false;
  refused_.reset();
  return true;
}

}  // namespace wsf::load
