// What disturbed a run from outside the server, and what was measured meanwhile. All threads are joined.

#include "load/load_run.hpp"

#include <algorithm>

namespace wsf::load {
namespace {

constexpr double kUsPerMs = 1e3;
// Around a storm: what was on its way when the connections were lost comes again by resume.
constexpr std::int64_t kStormLeadNs = 1'000'000'000;
constexpr std::int64_t kStormTailNs = 1'000'000'000;

double seconds(std::int64_t ns) {
  return static_cast<double>(ns) / 1e9;
}

}  // namespace

void LoadRun::merge_timelines() {
  for (const auto& tally : tallies_) timeline_.merge(tally->timeline());
}

void LoadRun::find_disturbances() {
  if (feed_) {
    for (const Span& outage : feed_->outages()) disturbances_.emplace_back(Disturbance::Kind::outage, outage);
  }
  if (storm_at_ns_ != 0) {
    const std::int64_t lasted_ns =
        storm_back_ns_ != 0 ? storm_back_ns_ - storm_at_ns_ : window_.to_ns - storm_epoch_ns_;
    const Span storm{storm_epoch_ns_ - kStormLeadNs, storm_epoch_ns_ + lasted_ns + kStormTailNs};
    disturbances_.emplace_back(Disturbance::Kind::storm, storm);
  }
  const auto outside = [this](const auto& one) { return !one.second.overlaps(window_.from_ns, window_.to_ns); };
  std::erase_if(disturbances_, outside);
}

bool LoadRun::disturbed(std::int64_t from_ns, std::int64_t to_ns) const {
  return std::any_of(disturbances_.begin(), disturbances_.end(),
                     [&](const auto& one) { return one.second.overlaps(from_ns, to_ns); });
}

// A slot that a disturbance touches belongs to it.
Timeline::Slot LoadRun::undisturbed() const {
  Timeline::Slot out(options_.verify);
  for (std::size_t i = 0; i < timeline_.size(); i++) {
    const std::int64_t from_ns = window_.from_ns + static_cast<std::int64_t>(i) * timeline_.slot_ns();
    if (timeline_.get(i) != nullptr && !disturbed(from_ns, from_ns + timeline_.slot_ns()))
      out.merge(*timeline_.get(i));
  }
  return out;
}

std::vector<Disturbance> LoadRun::disturbances_outcome() const {
  std::vector<Disturbance> out;
  for (const auto& [kind, span] : disturbances_) {
    Timeline::Slot during(options_.verify);
    for (std::size_t i = 0; i < timeline_.size(); i++) {
      const std::int64_t from_ns = window_.from_ns + static_cast<std::int64_t>(i) * timeline_.slot_ns();
      if (timeline_.get(i) != nullptr && span.overlaps(from_ns, from_ns + timeline_.slot_ns())) {
        during.merge(*timeline_.get(i));
      }
    }
    out.push_back({kind, std::max(0.0, seconds(span.from_ns - window_.from_ns)),
                   seconds(std::min(span.to_ns, window_.to_ns.load()) - window_.from_ns),
                   quantiles_of(during.latency_us, kUsPerMs)});
  }
  return out;
}

}  // namespace wsf::load
