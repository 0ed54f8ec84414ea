#include "load/trading_publisher.hpp"

#include "base/check.hpp"
#include "stats/histogram.hpp"

#include <cmath>
#include <utility>

namespace wsf::load {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t kNsPerMs = 1'000'000;

}  // namespace

TradingPublisher::TradingPublisher(const TradingPlan& plan, TradingOutput& output, std::int64_t start_epoch_ns)
    : plan_(plan),
      output_(output),
      start_epoch_ns_(start_epoch_ns),
      walk_(plan_.markets, plan_.assessments, plan_.seed),
      late_us_(std::make_unique<stats::Histogram>()) {
  base::check(plan_.rate_per_s > 0, "a plan has a rate");
}

TradingPublisher::~TradingPublisher() = default;

nanoseconds TradingPublisher::due(std::uint64_t message) const {
  return nanoseconds(std::llround(static_cast<double>(message) * 1e9 / plan_.rate_per_s));
}

bool TradingPublisher::done(std::uint64_t message) const {
  return (plan_.count > 0 && message >= plan_.count) ||
         (plan_.duration.count() > 0 && due(message) >= plan_.duration);
}

std::optional<nanoseconds> TradingPublisher::step(nanoseconds elapsed) {
  for (int burst = 0; burst < kMaxBurst; burst++) {
    if (done(published())) return std::nullopt;
    const auto when = due(published());
    if (when > elapsed) return when;
    if (!refused_) refused_ = walk_.next((start_epoch_ns_ + when.count()) / kNsPerMs);
    if (!output_.put(*refused_)) return elapsed + kFullPause;
    refused_.reset();
    late_us_->record(static_cast<std::uint64_t>((elapsed - when).count() / 1000));
    published_.store(published() + 1, std::memory_order_relaxed);
  }
  return done(published()) ? std::nullopt : std::optional(due(published()));
}

Lateness TradingPublisher::lateness() const {
  return lateness_of(*late_us_);
}

}  // namespace wsf::load
