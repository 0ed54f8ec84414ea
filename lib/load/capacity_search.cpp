#include "load/capacity_search.hpp"

#include <algorithm>
#include <cmath>

namespace wsf::load {

void CapacitySearch::report(Run run) {
  runs_++;
  if (run == Run::held) {
    held_ = std::max(held_.value_or(0), *next_);
  } else {
    broke_ = std::min(broke_.value_or(*next_), *next_);
    generator_bound_ = run == Run::generator_bound;
  }
  next_ = runs_ < kMostRuns ? choose() : std::nullopt;
}

std::optional<double> CapacitySearch::choose() const {
  double wanted = 0;
  if (!broke_) {
    if (*held_ >= highest_) return std::nullopt;
    wanted = std::min(*held_ * kStep, highest_);
  } else if (!held_) {
    wanted = *broke_ / kStep;
  } else {
    if (*broke_ <= *held_ * kPrecision) return std::nullopt;
    wanted = (*held_ + *broke_) / 2;
  }
  if (whole_) wanted = std::floor(wanted);
  if (wanted < 1 || wanted == held_ || wanted == broke_) return std::nullopt;
  return wanted;
}

}  // namespace wsf::load
